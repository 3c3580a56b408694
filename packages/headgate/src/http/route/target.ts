import { isUtf8Path, type PathRules } from '../../profile/index.ts';
import type { RequestView } from '../request.ts';
import { small } from './spelling.ts';
import { originForm, type BadTarget } from './origin-form.ts';

/** A request target in its one normal form. */
export interface Target {
  /** As the upstream's router reads it: what is matched and counted. */
  readonly path: string;
  /** What is forwarded: the same path, in the letters and with the parameters that it came with. */
  readonly forward: string;
  /** `?…` as it was sent, or empty. */
  readonly search: string;
}

const PLAIN = plainCharacters();
const SLASH = 0x2f;
const DOT = 0x2e;

/** Reads the target of a request line. `*` and the authority form name no resource and are refused. */
export function readTarget(
  view: Pick<RequestView, 'target' | 'scheme' | 'headers'>,
  rules: PathRules,
): Target | BadTarget {
  const target = view.target.charCodeAt(0) === SLASH ? view.target : originForm(view);
  if (typeof target !== 'string') return target;
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const search = mark < 0 ? '' : target.slice(mark);
  if (search !== '' && !/^[\u0021\u0022\u0024-\u007e]*$/.test(search))
    return { bad: 'the query has a character that no URL may have' };
  const normal = isNormal(path) ? path : normalPath(path, rules);
  if (typeof normal !== 'string') return normal;
  const read = rules.params === 'ignore' && normal.includes(';') ? withoutParams(normal) : normal;
  if (typeof read !== 'string') return read;
  return { path: rules.case === 'insensitive' ? small(read) : read, forward: normal, search };
}

/** True when no byte needs a second look: the common case, found in one pass without an allocation. */
function isNormal(path: string): boolean {
  let before = 0;
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    if (PLAIN[code] !== 1) return false;
    if (before === SLASH && (code === SLASH || code === DOT)) return false;
    before = code;
  }
  return true;
}

/** Escapes are decoded where they mean the same without (RFC 3986 6.2.2), then `//` merged, then dots resolved. */
function normalPath(path: string, rules: PathRules): string | BadTarget {
  if (!/^[\u0021-\u007e]*$/.test(path) || /[\\#]/.test(path))
    return { bad: 'the path has a character that no URL may have' };
  if (/%(?![0-9a-f]{2})/i.test(path)) return { bad: 'the path has a malformed escape' };
  if (!isUtf8Path(path)) return { bad: 'the path is not UTF-8' };
  const decoded = path.replace(/%[0-9a-f]{2}/gi, plainest).replace(/[^%\w\-.~!$&'()*+,;=:@/]/g, escaped);
  const bad = badOf(decoded, rules);
  return bad === undefined ? withoutDots(decoded) : { bad };
}

/** What servers read in more than one way. It is looked for once all is unescaped that may be, since an escape can hide another. */
function badOf(path: string, rules: PathRules): string | undefined {
  if (/%(?:[01][0-9A-F]|7F|5C)/.test(path)) return 'the path has an escaped control character or backslash';
  if (rules.doubleEscape === 'refuse' && /%25[0-9A-Fa-f]{2}/.test(path)) return 'the path has an escape in an escape';
  if (rules.encodedSlash === 'refuse' && path.includes('%2F')) return 'the path has an escaped slash';
  if (rules.params === 'refuse' && /;|%3B/.test(path)) return 'the path has parameters';
  if (rules.params === 'ignore' && path.includes('%3B')) return 'the path has an escaped semicolon';
  const hides = path.includes('%2F') && /(?:^|\/|%2F)\.\.?(?:$|\/|%2F)/.test(path);
  return hides || /\/\.{3,}(?:$|[/;])/.test(path) ? 'the path hides a dot segment' : undefined;
}

/** An escape of a character that means the same without; `;`, `+`, `&` and `=` may not, since some servers give them a meaning in paths. */
function plainest(escape: string): string {
  const char = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
  return /[\w\-.~!$'()*,:@]/.test(char) ? char : escape.toUpperCase();
}

/** What no path may hold as it is, though many servers take it. */
function escaped(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function withoutDots(path: string): string {
  const parts = path.split('/').slice(1);
  const last = parts.at(-1) ?? '';
  const kept: string[] = [];
  for (const part of parts) {
    if (part === '..') kept.pop();
    else if (part !== '.' && part !== '') kept.push(part);
  }
  const open = kept.length > 0 && (last === '' || last === '.' || last === '..');
  return `/${kept.join('/')}${open ? '/' : ''}`;
}

/** Each segment up to its first `;`. Dots that only show then are resolved by some servers and not by others. */
function withoutParams(path: string): string | BadTarget {
  const read: string[] = [];
  for (const segment of path.split('/').slice(1)) {
    const [bare = ''] = segment.split(';', 1);
    if (segment !== bare && /^\.{0,2}$/.test(bare)) return { bad: 'the path hides a dot segment' };
    read.push(bare);
  }
  return `/${read.join('/')}`;
}

/** Unreserved characters and sub-delimiters (RFC 3986 2), and those a path may hold besides; not `;`, which needs a second look. */
function plainCharacters(): Uint8Array {
  const table = new Uint8Array(128);
  const chars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,=:@/";
  for (const char of chars) table[char.charCodeAt(0)] = 1;
  return table;
}

/** A request target in its one normal form: what is matched, counted and forwarded. */
export interface Target {
  readonly path: string;
  /** `?…` as it was sent, or empty. */
  readonly search: string;
}

/** Why a target is refused. The reason is shown to the caller. */
export interface BadTarget {
  readonly bad: string;
}

export interface TargetRules {
  /**
   * `%2F` inside a segment. Many servers decode it before they route, so that `/v1%2Fitems` would be the same
   * resource under another name, and with a counter of its own: it is refused unless the upstream is known to keep it apart.
   */
  readonly encodedSlash: 'refuse' | 'keep';
}

const PLAIN = plainCharacters();
const SLASH = 0x2f;
const DOT = 0x2e;

/**
 * Reads the target of a request line. Absolute form loses its authority (RFC 9112 3.2.2); `*` and the
 * authority form name no resource and are refused.
 */
export function readTarget(raw: string, rules: TargetRules): Target | BadTarget {
  const target = raw.charCodeAt(0) === SLASH ? raw : originForm(raw);
  if (target === undefined) return { bad: 'the request target is not a path' };
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const search = mark < 0 ? '' : target.slice(mark);
  if (search !== '' && !/^[\u0021\u0022\u0024-\u007e]*$/.test(search))
    return { bad: 'the query has a character that no URL may have' };
  if (isNormal(path)) return { path, search };
  const normal = normalPath(path, rules);
  return typeof normal === 'string' ? { path: normal, search } : normal;
}

function originForm(raw: string): string | undefined {
  const match = /^https?:\/\/[^/?#]+(.*)$/i.exec(raw);
  if (match === null) return undefined;
  const rest = match[1] ?? '';
  return rest.startsWith('/') ? rest : `/${rest}`;
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
function normalPath(path: string, rules: TargetRules): string | BadTarget {
  if (!/^[\u0021-\u007e]*$/.test(path) || /[\\#]/.test(path))
    return { bad: 'the path has a character that no URL may have' };
  if (/%(?![0-9a-f]{2})/i.test(path)) return { bad: 'the path has a malformed escape' };
  if (/%(?:[01][0-9a-f]|7f|5c)/i.test(path)) return { bad: 'the path has an escaped control character or backslash' };
  if (rules.encodedSlash === 'refuse' && /%2f/i.test(path)) return { bad: 'the path has an escaped slash' };
  if (!isUtf8(path)) return { bad: 'the path is not UTF-8' };
  const decoded = path.replace(/%[0-9a-f]{2}/gi, plainest).replace(/[^%\w\-.~!$&'()*+,;=:@/]/g, escaped);
  if (decoded.split(/%2F/).length > 1 && /(?:^|\/|%2F)\.\.?(?:$|\/|%2F)/.test(decoded))
    return { bad: 'the path hides a dot segment' };
  return withoutDots(decoded);
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

function isUtf8(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
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

/** Unreserved characters and sub-delimiters (RFC 3986 2), and those a path may hold besides. */
function plainCharacters(): Uint8Array {
  const table = new Uint8Array(128);
  const chars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/";
  for (const char of chars) table[char.charCodeAt(0)] = 1;
  return table;
}

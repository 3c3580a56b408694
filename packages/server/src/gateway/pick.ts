import { behindClose, behindSpace, behindValue, depthAt, isEscaped, NotJson } from './passing.ts';

const [QUOTE, COMMA, COLON, OBJECT, OBJECT_END] = [0x22, 0x2c, 0x3a, 0x7b, 0x7d];
const TEXT = new TextDecoder('utf-8', { fatal: true });

/** Letters as they are common in names: a search that begins with a rare one stops seldom. */
const COMMON = '_etaoinsrldcumpfghybwvkxjqz';
/** Names that nobody has a reason to write with escapes. */
const PLAIN = /^[\w-]{1,100}$/;

/** A member of an object that is wanted, as its name stands in a JSON text. */
export interface Wanted {
  readonly name: string;
  readonly quoted: Buffer;
  /** What is searched for: the name from its rarest letter on. */
  readonly tail: Buffer;
}

/** Lists of names that are remembered: as many as operations of which something is read. */
const MAX_KNOWN = 1000;
const known = new Map<string, readonly Wanted[] | undefined>();

/** Undefined when one of the names can only be found by reading all. */
export function wantedOf(names: readonly string[]): readonly Wanted[] | undefined {
  const list = JSON.stringify(names);
  if (known.has(list)) return known.get(list);
  const wanted = names.every((name) => PLAIN.test(name)) ? names.map(searched) : undefined;
  if (known.size < MAX_KNOWN) known.set(list, wanted);
  return wanted;
}

function searched(name: string): Wanted {
  const rarities = Array.from(name, (letter) => COMMON.indexOf(letter.toLowerCase()));
  const rarest = rarities.indexOf(Math.max(...rarities));
  return { name, quoted: Buffer.from(`"${name}"`), tail: Buffer.from(`${name.slice(rarest)}"`) };
}

/**
 * Takes some members out of the object that a JSON text is, as a text again, for a fraction of what it costs to read all of it: a name is searched for, and it
 * is one of the outermost object's when the text around it says so, of which the shorter side is looked at. Where the text is no JSON, that is
 * found out only of what is looked at.
 * @throws NotJson, or a TypeError where it is not UTF-8
 */
export function pick(bytes: Buffer, wanted: readonly Wanted[]): string {
  const begin = behindSpace(bytes, 0);
  // Whatever is no object is read whole: it has no members.
  if (bytes[begin] !== OBJECT) return TEXT.decode(bytes);
  const end = endOf(bytes);
  let members = '';
  for (const one of wanted) {
    const at = find(bytes, one, begin, end);
    if (at !== undefined) members += `${members === '' ? '' : ','}"${one.name}":${valueAt(bytes, at)}`;
  }
  return `{${members}}`;
}

/** Behind the last bracket. */
function endOf(bytes: Buffer): number {
  const end = bytes.lastIndexOf(OBJECT_END) + 1;
  if (end === 0 || behindSpace(bytes, end) !== bytes.length) throw new NotJson();
  return end;
}

/** Where the value of an outermost member begins: mostly the last or the first of that name is one. */
function find(bytes: Buffer, { quoted, tail }: Wanted, begin: number, end: number): number | undefined {
  const last = bytes.lastIndexOf(quoted);
  if (last < 0) return undefined;
  const value = outermost(bytes, last, quoted, end);
  if (value !== undefined) return value;
  const first = bytes.indexOf(tail, begin) - (quoted.length - tail.length);
  return first === last ? undefined : (outermost(bytes, first, quoted, end) ?? walk(bytes, quoted, begin));
}

function outermost(bytes: Buffer, at: number, quoted: Buffer, end: number): number | undefined {
  const value = valueBehind(bytes, at, quoted);
  return value !== undefined && isOutermost(bytes, at, value, end) ? value : undefined;
}

/** Where the value begins of which this is the name; undefined when it is no name. */
function valueBehind(bytes: Buffer, at: number, quoted: Buffer): number | undefined {
  if (!isAt(bytes, at, quoted) || isEscaped(bytes, at, 0)) return undefined;
  const colon = behindSpace(bytes, at + quoted.length);
  return bytes[colon] === COLON ? behindSpace(bytes, colon + 1) : undefined;
}

function isAt(bytes: Buffer, at: number, quoted: Buffer): boolean {
  const to = at + quoted.length;
  return at >= 0 && to <= bytes.length && bytes.compare(quoted, 0, quoted.length, at, to) === 0;
}

/** A quote that no backslash stands before, and a letter behind it, cannot be where a string ends. */
function isOutermost(bytes: Buffer, at: number, value: number, end: number): boolean {
  return at < end - at ? depthAt(bytes, at) === 1 : behindClose(bytes, value) === end;
}

/** From member to member. */
function walk(bytes: Buffer, quoted: Buffer, begin: number): number | undefined {
  for (let at = behindSpace(bytes, begin + 1); bytes[at] === QUOTE; at = behindSpace(bytes, at + 1)) {
    const isIt = isAt(bytes, at, quoted);
    const colon = behindSpace(bytes, behindValue(bytes, at));
    if (bytes[colon] !== COLON) throw new NotJson();
    if (isIt) return behindSpace(bytes, colon + 1);
    at = behindSpace(bytes, behindValue(bytes, colon + 1));
    if (bytes[at] !== COMMA) return undefined;
  }
  return undefined;
}

function valueAt(bytes: Buffer, from: number): string {
  return TEXT.decode(bytes.subarray(from, behindValue(bytes, from)));
}

/*
 * Passing over what is JSON (RFC 8259) without reading it: by its quotes and brackets alone. Each function takes where something
 * begins, and gives where what is behind it begins. (Casts: every byte that is read stands before the end.)
 */

/** What is met where no JSON could stand. */
export class NotJson extends Error {}

const [QUOTE, COMMA, BACKSLASH, SPACE] = [0x22, 0x2c, 0x5c, 0x20];
const [OBJECT, OBJECT_END, ARRAY, ARRAY_END] = [0x7b, 0x7d, 0x5b, 0x5d];
/** Bytes of a string that are looked at one by one before its end is searched for: most strings are shorter. */
const SHORT = 64;

export function behindSpace(bytes: Buffer, from: number): number {
  let at = from;
  for (let byte = bytes[at]; byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09; byte = bytes[at]) at++;
  return at;
}

/** @throws NotJson */
export function behindValue(bytes: Buffer, from: number): number {
  const at = behindSpace(bytes, from);
  const byte = bytes[at];
  if (byte === QUOTE) return behindString(bytes, at);
  return byte === OBJECT || byte === ARRAY ? behindClose(bytes, at + 1) : behindScalar(bytes, at);
}

/** Behind the bracket that closes the container within which `from` stands. @throws NotJson when nothing closes it */
export function behindClose(bytes: Buffer, from: number): number {
  for (let at = from, depth = 1; ;) {
    at = nextMark(bytes, at);
    if (at >= bytes.length) throw new NotJson();
    const byte = bytes[at];
    if (byte === QUOTE) at = behindString(bytes, at);
    else {
      at++;
      depth += byte === OBJECT || byte === ARRAY ? 1 : -1;
      if (depth === 0) return at;
    }
  }
}

/** In how many containers `to` stands; -1 when it stands within a string. */
export function depthAt(bytes: Buffer, to: number): number {
  let depth = 0;
  for (let at = nextMark(bytes, 0); at < to; at = nextMark(bytes, at)) {
    const byte = bytes[at];
    if (byte === QUOTE) at = behindString(bytes, at);
    else {
      at++;
      depth += byte === OBJECT || byte === ARRAY ? 1 : -1;
    }
    if (at > to) return -1;
  }
  return depth;
}

/** The next quote or bracket; the length when there is none. */
function nextMark(bytes: Buffer, from: number): number {
  const { length } = bytes;
  for (let at = from; at < length; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) return at;
    if (byte >= ARRAY && (byte === OBJECT || byte === OBJECT_END || byte === ARRAY || byte === ARRAY_END)) return at;
  }
  return length;
}

function behindScalar(bytes: Buffer, from: number): number {
  let at = from;
  for (; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte <= SPACE || byte === COMMA || byte === OBJECT_END || byte === ARRAY_END) break;
  }
  if (at === from) throw new NotJson();
  return at;
}

function behindString(bytes: Buffer, from: number): number {
  const short = Math.min(from + SHORT, bytes.length);
  let at = from + 1;
  for (; at < short; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at++;
  }
  return behindLong(bytes, at);
}

function behindLong(bytes: Buffer, from: number): number {
  for (let at = from; ; at++) {
    at = bytes.indexOf(QUOTE, at);
    if (at < 0) throw new NotJson();
    if (!isEscaped(bytes, at, from)) return at + 1;
  }
}

/** Whether an odd number of backslashes stands before it, none of them before `least`. */
export function isEscaped(bytes: Buffer, at: number, least: number): boolean {
  let from = at;
  while (from > least && bytes[from - 1] === BACKSLASH) from--;
  return (at - from) % 2 === 1;
}

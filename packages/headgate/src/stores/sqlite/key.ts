/** No UTF-8 begins with these bytes: what follows is UTF-16, or the number of a record that many keys share. */
const UTF16 = 0xff;
const SHARED = 0xfe;

/*
 * Keys are any text, lone surrogates too, and no two may meet. SQLite's own text is UTF-8, in which every lone
 * surrogate is the same replacement character; so keys are stored as bytes.
 */

export function bytesOf(key: string): Buffer {
  return key.isWellFormed() ? Buffer.from(key) : Buffer.concat([Buffer.of(UTF16), Buffer.from(key, 'utf16le')]);
}

export function keyOf(bytes: Buffer): string {
  return bytes[0] === UTF16 ? bytes.toString('utf16le', 1) : bytes.toString();
}

export function sharedBytesOf(number: string): Buffer {
  return Buffer.concat([Buffer.of(SHARED), Buffer.from(number)]);
}

export function isShared(bytes: Buffer): boolean {
  return bytes[0] === SHARED;
}

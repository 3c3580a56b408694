/** No UTF-8 begins with this byte: what follows it is UTF-16. */
const UTF16 = 0xff;

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

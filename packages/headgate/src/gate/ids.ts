/** Ids whose random bytes are drawn at once: asking the platform for 16 at a time costs more than a decision. */
const IDS_DRAWN = 256;
const BYTES = 16;
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** What `new Uint8Array(n)` makes, in the words of compilers old and new. */
type Bytes = ReturnType<typeof Uint8Array.of>;

/** Makes ids of 128 random bits, as 32 hexadecimal digits. Nobody can guess another's. */
export function randomIds(draw: (bytes: Bytes) => void = platformRandom): () => string {
  const bytes = new Uint8Array(IDS_DRAWN * BYTES);
  let at = bytes.length;
  return () => {
    if (at === bytes.length) {
      draw(bytes);
      at = 0;
    }
    let id = '';
    for (const end = at + BYTES; at < end; at++) id += HEX[bytes[at]!]!;
    return id;
  };
}

function platformRandom(bytes: Bytes): void {
  crypto.getRandomValues(bytes);
}

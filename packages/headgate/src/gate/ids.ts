/** Ids whose random bytes are drawn at once: asking the platform for 16 at a time costs more than a decision. */
const IDS_DRAWN = 256;
/**
 * Ids that are cut from one text. A text that is put together of letters is made anew when it is first compared, and cutting is cheap; but
 * an id that is kept for long keeps the text that it was cut from.
 */
const IDS_CUT = 16;
const BYTES = 16;
/** The two digits of each byte, as the platform lays out 16 bits. */
const DIGITS = new Uint16Array(
  Uint8Array.from({ length: 512 }, (_, i) => '0123456789abcdef'.charCodeAt(i % 2 === 0 ? i >> 5 : (i >> 1) & 15))
    .buffer,
);

/** What `new Uint8Array(n)` makes, in the words of compilers old and new. */
type Bytes = ReturnType<typeof Uint8Array.of>;

/** Makes ids of 128 random bits, as 32 hexadecimal digits. Nobody can guess another's. */
export function randomIds(draw: (bytes: Bytes) => void = platformRandom): () => string {
  const bytes = new Uint8Array(IDS_DRAWN * BYTES);
  const letters = new Uint16Array(IDS_CUT * BYTES);
  const decoder = new TextDecoder();
  let text = '';
  let at = bytes.length;
  return () => {
    const start = (at % (IDS_CUT * BYTES)) * 2;
    if (start === 0) {
      if (at === bytes.length) draw(bytes);
      at %= bytes.length;
      for (let i = 0; i < letters.length; i++) letters[i] = DIGITS[bytes[at + i]!]!;
      text = decoder.decode(letters);
    }
    at += BYTES;
    return text.slice(start, start + 2 * BYTES);
  };
}

function platformRandom(bytes: Bytes): void {
  crypto.getRandomValues(bytes);
}

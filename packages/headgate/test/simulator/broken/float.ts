/** A packed record's head, and a counter's, in bytes; where a counter says how many numbers it has. */
const HEAD_BYTES = 20;
const COUNTER_BYTES = 20;
const WIDTH_AT = 19;

/** A packed record whose numbers are of single precision. */
export function rounded(value: Buffer): Buffer {
  const copy = Buffer.from(value);
  let at = HEAD_BYTES;
  for (let left = copy.readUInt16LE(4); left > 0; left--) {
    const width = copy.readUInt8(at + WIDTH_AT);
    for (let i = 0; i < width; i++) {
      const place = at + COUNTER_BYTES + i * 8;
      copy.writeDoubleLE(Math.fround(copy.readDoubleLE(place)), place);
    }
    at += COUNTER_BYTES + width * 8;
  }
  return copy;
}

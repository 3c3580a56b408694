import { randomFillSync } from 'node:crypto';

/** 128 bits. */
const ID_BYTES = 16;
/** Ids that are drawn at once: each drawing costs as much as the decision that it is for. */
const IDS = 256;

/** Makes ids of reservations that nobody can guess: 32 hex digits, drawn by the system. */
export function createRandomId(): () => string {
  const drawn = Buffer.alloc(IDS * ID_BYTES);
  let at = drawn.length;
  return () => {
    if (at === drawn.length) {
      randomFillSync(drawn);
      at = 0;
    }
    const id = drawn.toString('hex', at, at + ID_BYTES);
    // What has been given out must not lie about.
    drawn.fill(0, at, at + ID_BYTES);
    at += ID_BYTES;
    return id;
  };
}

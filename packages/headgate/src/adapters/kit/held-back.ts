import type { Brought } from '../../http/index.ts';

/** Bytes of all bodies that are held back at once: what does not fit is refused, and may be sent again. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

let heldBytes = 0;

/** What came of a body, until its request is judged. */
export class HeldBack {
  isWhole = false;
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  take(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    heldBytes += piece.length;
  }

  /** All of it, or why it is not to be had; undefined while that is not known. */
  brought(maxBytes: number): Brought | undefined {
    if (this.#bytes > maxBytes) return { is: 'unread', why: 'too-long' };
    if (heldBytes > MAX_HELD_BYTES) return { is: 'unread', why: 'busy' };
    return this.isWhole ? { is: 'whole', bytes: this.#joined() } : undefined;
  }

  /** Its pieces, for a handler or for nobody: none is held any more. */
  letGo(): Uint8Array[] {
    const pieces = this.#pieces;
    heldBytes -= this.#bytes;
    this.#pieces = [];
    this.#bytes = 0;
    return pieces;
  }

  #joined(): Uint8Array {
    const whole = new Uint8Array(this.#bytes);
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }
}

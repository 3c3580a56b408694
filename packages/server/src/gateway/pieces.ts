/** Pieces that are smaller are no burden. */
const LEAST_BYTES = 4 * 1024;
/** Pieces on their way that are known; of more, the oldest is left to the collector of garbage. */
const MAX_PIECES = 64;

interface Piece {
  readonly memory: ArrayBuffer;
  /** Where in the body it ends. */
  readonly endBytes: number;
}

/**
 * Lets the memory of a body's pieces go as soon as they have been sent. Left to the collector of garbage, those of a long body call for
 * it every few hundred pieces, and it looks through all that the process has: that takes several times as long as passing them on.
 */
export class Pieces {
  readonly #pieces: Piece[] = [];
  #bytes = 0;

  /** Takes the next piece, which nobody keeps beyond being sent. Of a slice nothing is let go. */
  add(piece: Buffer): void {
    this.#bytes += piece.length;
    const { buffer: memory } = piece;
    if (piece.length < LEAST_BYTES || piece.length < memory.byteLength || !(memory instanceof ArrayBuffer)) return;
    if (this.#pieces.length === MAX_PIECES) this.#pieces.shift();
    this.#pieces.push({ memory, endBytes: this.#bytes });
  }

  /** @param unsentBytes how many of the last bytes have not been sent yet */
  sent(unsentBytes: number): void {
    const pieces = this.#pieces;
    const sentBytes = this.#bytes - unsentBytes;
    while (pieces[0] !== undefined && pieces[0].endBytes <= sentBytes) pieces.shift()?.memory.transfer(0);
  }
}

import type { Duplex } from 'node:stream';

/** Bytes kept of what comes ahead of a switch; the rest waits in the socket. */
const MAX_AHEAD = 64 * 1024;

/**
 * What a caller sends before its wish to switch is answered. It is read, and kept for the API, because only whoever reads a
 * connection hears that the other side has left it.
 */
export class Ahead {
  readonly #socket: Duplex;
  readonly #chunks: Buffer[];
  #left = MAX_AHEAD;

  constructor(socket: Duplex, first: Buffer) {
    this.#socket = socket;
    this.#chunks = [first];
    socket.on('data', this.#keep).on('end', this.#gone);
  }

  /** Stops reading, and puts back what was read. */
  release(): void {
    this.#socket.off('data', this.#keep).off('end', this.#gone).pause();
    const bytes = Buffer.concat(this.#chunks);
    if (bytes.length > 0) this.#socket.unshift(bytes);
  }

  readonly #keep = (chunk: Buffer): void => {
    this.#chunks.push(chunk);
    this.#left -= chunk.length;
    if (this.#left < 0) this.#socket.pause();
  };

  readonly #gone = (): void => void this.#socket.destroy();
}

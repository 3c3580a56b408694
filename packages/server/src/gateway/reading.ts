import type { Brought } from 'headgate/http';
import type { Exchange } from './exchange.ts';
import type { Room } from './room.ts';

/** Pieces are put together when there are so many: a body in single bytes must not cost a hundred times its length. */
const MAX_PIECES = 64;

/** What may be taken of a body that is read. */
export interface ReadingBounds {
  readonly maxBytes: number;
  readonly maxMs: number;
  /** For all bodies that are held at once. */
  readonly room: Room;
}

/** A body that is read whole before its request is judged, and given to the API as it came. */
export class Reading {
  readonly #exchange: Exchange;
  readonly #bounds: ReadingBounds;
  readonly #timer: NodeJS.Timeout;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #tell: (brought: Brought) => void = () => undefined;

  constructor(exchange: Exchange, bounds: ReadingBounds) {
    this.#exchange = exchange;
    this.#bounds = bounds;
    this.#timer = setTimeout(() => this.#giveUp('slow'), bounds.maxMs).unref();
  }

  /** What came of it; empty when it was not read to its end. */
  get bytes(): Buffer {
    if (this.#pieces.length > 1) this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0] ?? Buffer.alloc(0);
  }

  /** It is what the API gets: nothing more is known of it here. */
  release(): void {
    this.#bounds.room.giveBack(this.#bytes);
    this.#bytes = 0;
    this.#pieces = [];
  }

  /** Reads it. Called once. */
  bring(): Promise<Brought> {
    const { source } = this.#exchange;
    return new Promise((resolve) => {
      this.#tell = resolve;
      // While others were asked, all of it may have come and gone.
      if (source.readableEnded) return this.#onEnd();
      if (source.destroyed) return this.#onGone();
      source.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#onGone).on('close', this.#onGone);
      source.resume();
    });
  }

  readonly #onData = (chunk: Buffer): void => {
    const { maxBytes, room } = this.#bounds;
    if (this.#bytes + chunk.length > maxBytes) return this.#giveUp('too-long');
    if (!room.take(chunk.length)) return this.#giveUp('busy');
    this.#bytes += chunk.length;
    if (this.#pieces.push(chunk) === MAX_PIECES) this.#pieces = [Buffer.concat(this.#pieces)];
  };

  readonly #onEnd = (): void => {
    this.#leave();
    this.#tell({ is: 'whole', bytes: this.bytes });
  };

  readonly #onGone = (): void => this.#giveUp('torn');

  #giveUp(why: Extract<Brought, { is: 'unread' }>['why']): void {
    this.#leave();
    this.#exchange.source.pause();
    this.release();
    this.#tell({ is: 'unread', why });
  }

  #leave(): void {
    clearTimeout(this.#timer);
    const { source } = this.#exchange;
    source.off('data', this.#onData).off('end', this.#onEnd).off('error', this.#onGone).off('close', this.#onGone);
  }
}

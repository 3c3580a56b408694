import type { Room } from '../room.ts';
import { FrameError, unmask, type Frame } from './frame.ts';

/** Pieces are put together when there are so many: a message in single bytes must not cost a hundred times its length. */
const MAX_PIECES = 64;

export interface HeldBounds {
  readonly maxBytes: number;
  /** For all that is held at once. */
  readonly room: Room;
}

/** A message that is kept until it is whole, because limits read it: as it came, to be sent on. */
export class HeldMessage {
  /** Of its payload. */
  bytes = 0;
  readonly #bounds: HeldBounds;
  readonly #sinceMs: number;
  #pieces: Buffer[] = [];
  #plain: Buffer[] = [];
  #taken = 0;

  constructor(bounds: HeldBounds, sinceMs: number) {
    this.#bounds = bounds;
    this.#sinceMs = sinceMs;
  }

  /** Takes the head of a frame. What it announces must fit, before any of it has come. @throws FrameError */
  begin({ head, length }: Frame): void {
    if (this.bytes + length > this.#bounds.maxBytes)
      throw new FrameError(1009, `a message may have ${this.#bounds.maxBytes} bytes`);
    this.bytes += length;
    this.#keep(head);
  }

  /** Takes a piece of a frame's payload, which begins so many bytes into it. @throws FrameError */
  take(piece: Buffer, { mask }: Frame, from: number): void {
    this.#keep(piece);
    const plain = Buffer.from(piece);
    if (mask !== undefined) unmask(plain, mask, from);
    if (this.#plain.push(plain) === MAX_PIECES) this.#plain = [Buffer.concat(this.#plain)];
  }

  hasLasted(ms: number, nowMs: number): boolean {
    return nowMs - this.#sinceMs > ms;
  }

  /** What it says. */
  get payload(): Buffer {
    return Buffer.concat(this.#plain);
  }

  /** As it came. */
  get whole(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  release(): void {
    this.#bounds.room.giveBack(this.#taken);
    this.#taken = 0;
    this.#pieces = this.#plain = [];
  }

  /** It is kept twice: as it came, and as it reads. */
  #keep(piece: Buffer): void {
    if (!this.#bounds.room.take(2 * piece.length)) throw new FrameError(1013, 'the message cannot be read just now');
    this.#taken += 2 * piece.length;
    if (this.#pieces.push(piece) === MAX_PIECES) this.#pieces = [Buffer.concat(this.#pieces)];
  }
}

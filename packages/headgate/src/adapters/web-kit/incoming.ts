import type { Answered, Brought, Visit } from '../kit/index.ts';

/** Bytes of all bodies that are held back at once: what does not fit is refused, and may be sent again. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

let heldBytes = 0;

/** The body of a request whose policy reads or measures bodies: what came of it is held back until the request is judged. */
export class Incoming {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #held: Uint8Array[] = [];
  #bytes = 0;
  /** What is answered after all: the body was too much. */
  said: Answered | undefined;

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
  }

  /** Brings the whole body, up to so many bytes, for limits that read it. */
  async bring(maxBytes: number): Promise<Brought> {
    try {
      // oxlint-disable-next-line no-await-in-loop -- one piece after another
      for (let next = await this.#reader.read(); !next.done; next = await this.#reader.read()) {
        this.#hold(next.value);
        if (this.#bytes > maxBytes) return { is: 'unread', why: 'too-long' };
        if (heldBytes > MAX_HELD_BYTES) return { is: 'unread', why: 'busy' };
      }
      return { is: 'whole', bytes: joined(this.#held, this.#bytes) };
    } catch {
      return { is: 'unread', why: 'torn' };
    }
  }

  /** The body for a handler, each piece once it was measured; it fails where that is too much. */
  passing(visit: Visit): ReadableStream<Uint8Array> {
    const held = this.#letGo();
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const piece = held.shift() ?? (await this.#reader.read()).value;
          this.said = await visit.inspect(piece);
          if (this.said !== undefined) controller.error(new Error('the body is too much'));
          else if (piece === undefined) controller.close();
          else controller.enqueue(piece);
        },
        cancel: (reason) => this.#reader.cancel(reason),
      },
      { highWaterMark: 0 }, // Nothing is read before a handler asks for it.
    );
  }

  /** It was answered: what came of the body is nobody's. */
  drop(): void {
    this.#letGo();
    void this.#reader.cancel().catch(() => undefined);
  }

  #hold(piece: Uint8Array): void {
    this.#held.push(piece);
    this.#bytes += piece.length;
    heldBytes += piece.length;
  }

  #letGo(): Uint8Array[] {
    const held = this.#held;
    heldBytes -= this.#bytes;
    this.#held = [];
    this.#bytes = 0;
    return held;
  }
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

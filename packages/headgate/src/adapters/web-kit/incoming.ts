import { HeldBack, type Answered, type Brought, type Visit } from '../kit/index.ts';

const TORN: Brought = { is: 'unread', why: 'torn' };

/** The body of a request whose policy reads or measures bodies: what came of it is held back until the request is judged. */
export class Incoming {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #held: HeldBack = new HeldBack();
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
        this.#held.take(next.value);
        const refused = this.#held.brought(maxBytes);
        if (refused !== undefined) return refused;
      }
      this.#held.isWhole = true;
      return this.#held.brought(maxBytes) ?? TORN;
    } catch {
      return TORN;
    }
  }

  /** The body for a handler, each piece once it was measured; it fails where that is too much. */
  passing(visit: Visit): ReadableStream<Uint8Array> {
    const held = this.#held.letGo();
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
    this.#held.letGo();
    void this.#reader.cancel().catch(() => undefined);
  }
}

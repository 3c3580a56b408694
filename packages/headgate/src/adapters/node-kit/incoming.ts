import type { IncomingMessage } from 'node:http';
import { upon, type Answered, type Brought, type Visit } from '../kit/index.ts';

/** Bytes of all bodies that are held back at once: what does not fit is refused, and may be sent again. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

let heldBytes = 0;

type Piece = Buffer | null;
type Push = (piece: unknown) => boolean;

/**
 * The body of a request whose policy reads or measures bodies: every piece passes here before any handler may have it, and is held back
 * until the request is judged. It begins when the request is first seen, since a body comes with its head.
 */
export class Incoming {
  readonly #request: IncomingMessage;
  readonly #push: Push;
  #held: Piece[] = [];
  #bytes = 0;
  #ended = false;
  #passes: ((piece: Piece) => boolean) | undefined;
  #look: (() => void) | undefined;

  constructor(request: IncomingMessage) {
    this.#request = request;
    this.#push = request.push.bind(request) as Push;
    this.#takeBack();
    request.push = (piece: unknown) => this.#onPiece(piece);
  }

  /** Brings the whole body, up to so many bytes, for limits that read it. */
  bring(maxBytes: number): Promise<Brought> {
    return new Promise((resolve) => {
      const tell = (brought: Brought): void => {
        this.#look = undefined;
        this.#request.off('close', onGone);
        resolve(brought);
      };
      const onGone = (): void => tell({ is: 'unread', why: 'torn' });
      this.#request.once('close', onGone);
      this.#look = () => {
        if (this.#bytes > maxBytes) tell({ is: 'unread', why: 'too-long' });
        else if (heldBytes > MAX_HELD_BYTES) tell({ is: 'unread', why: 'busy' });
        else if (this.#ended) tell({ is: 'whole', bytes: Buffer.concat(this.#held.filter((piece) => piece !== null)) });
      };
      this.#look();
    });
  }

  /** Lets the body go on to the handler, each piece once it was measured. `cut` answers the request when that is too much. */
  pass(visit: Visit, cut: (answer: Answered) => void): void {
    let isCut = false;
    this.#passes = (piece) => {
      if (isCut) return true;
      const said = visit.inspect(piece ?? undefined);
      if (said === undefined) return this.#push(piece);
      isCut = true;
      void upon(said, cut);
      return true;
    };
    for (const piece of this.#letGo()) this.#passes(piece);
  }

  /** It was answered: what came of the body is nobody's. */
  drop(): void {
    this.#passes = (piece) => this.#push(piece);
    for (const piece of this.#letGo()) this.#passes(piece);
  }

  #onPiece(piece: unknown): boolean {
    const bytes = piece === null ? null : Buffer.from(piece as Uint8Array); // what Node's parser gives
    if (this.#passes !== undefined) return this.#passes(bytes);
    this.#hold(bytes);
    this.#look?.();
    return true;
  }

  #hold(piece: Piece): void {
    this.#held.push(piece);
    this.#ended ||= piece === null;
    this.#bytes += piece?.length ?? 0;
    heldBytes += piece?.length ?? 0;
  }

  /** What came before this was there, if nobody has read it yet. */
  #takeBack(): void {
    const request = this.#request;
    const piece: unknown = request.readableLength > 0 ? request.read() : undefined;
    if (piece instanceof Buffer) this.#hold(piece);
  }

  #letGo(): readonly Piece[] {
    const held = this.#held;
    heldBytes -= this.#bytes;
    this.#held = [];
    this.#bytes = 0;
    return held;
  }
}

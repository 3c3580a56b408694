import type { IncomingMessage } from 'node:http';
import { HeldBack, upon, type Answered, type Brought, type Visit } from '../kit/index.ts';

type Piece = Uint8Array | null;
type Push = (piece: unknown) => boolean;

/**
 * The body of a request whose policy reads or measures bodies: every piece passes here before any handler may have it, and is held back
 * until the request is judged. It begins when the request is first seen, since a body comes with its head.
 */
export class Incoming {
  readonly #request: IncomingMessage;
  readonly #push: Push;
  readonly #held: HeldBack = new HeldBack();
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
        const brought = this.#held.brought(maxBytes);
        if (brought !== undefined) tell(brought);
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
    this.#letGo(this.#passes);
  }

  /** It was answered: what came of the body is nobody's. */
  drop(): void {
    this.#passes = (piece) => this.#push(piece);
    this.#letGo(this.#passes);
  }

  #onPiece(piece: unknown): boolean {
    const bytes = piece === null ? null : Buffer.from(piece as Uint8Array); // what Node's parser gives
    if (this.#passes !== undefined) return this.#passes(bytes);
    this.#hold(bytes);
    this.#look?.();
    return true;
  }

  #hold(piece: Piece): void {
    if (piece === null) this.#held.isWhole = true;
    else this.#held.take(piece);
  }

  /** What came before this was there, if nobody has read it yet. */
  #takeBack(): void {
    const request = this.#request;
    const piece: unknown = request.readableLength > 0 ? request.read() : undefined;
    if (piece instanceof Buffer) this.#hold(piece);
  }

  #letGo(passes: (piece: Piece) => unknown): void {
    for (const piece of this.#held.letGo()) passes(piece);
    if (this.#held.isWhole) passes(null);
  }
}

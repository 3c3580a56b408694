import { Readable } from 'node:stream';
import type { Answered, Inspection, Soon } from 'headgate/http';
import type { Exchange } from './exchange.ts';
import type { Line } from './line.ts';
import { Pieces } from './pieces.ts';

/**
 * A request's body as a stream of its own: when the upstream goes away and its side is destroyed, the caller's connection
 * lives on and can still be answered.
 */
export class Upload extends Readable {
  /** Called whenever the API is ready for more. */
  onProgress: () => void = () => undefined;
  /** What it goes out on; undefined until it is taken. */
  line: Pick<Line, 'isSent'> | undefined;
  readonly #exchange: Exchange;
  readonly #source: Readable;
  readonly #inspection: Inspection | undefined;
  readonly #pieces = new Pieces();
  #replay: Buffer | undefined;
  #waitsForCaller = false;
  /** Called once when nothing more of it may pass. */
  onCut: (answered: Soon<Answered>) => void = () => undefined;

  /**
   * @param inspection what is given every piece before it passes
   * @param read all of it, when it was read before
   */
  constructor(exchange: Exchange, inspection?: Inspection, read?: Buffer) {
    super({ highWaterMark: 64 * 1024 });
    this.#exchange = exchange;
    this.#source = exchange.source;
    this.#inspection = inspection;
    // Whoever reads this stream hears of its end first; an error nobody listens to any more is not a fault.
    this.on('error', () => undefined);
    if (read === undefined) this.#listen();
    else this.#replay = read;
  }

  #listen(): void {
    this.#source.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#onGone).on('close', this.#onGone);
  }

  /** Whether the API has taken all there was, and it is for the caller to send more. */
  get waitsForCaller(): boolean {
    return this.#waitsForCaller;
  }

  override resume(): this {
    this.#letGo();
    return super.resume();
  }

  /** Whoever reads this writes it at once: what does not wait here, and no longer there either, has been sent. */
  #letGo(): void {
    if (this.line?.isSent === true) this.#pieces.sent(this.readableLength);
  }

  override _read(): void {
    const replay = this.#replay;
    if (replay !== undefined) {
      this.#replay = undefined;
      this.#pass(replay);
      return this.#onEnd();
    }
    // An empty one may have ended while others were asked about its request.
    if (this.#source.readableEnded) return this.#onEnd();
    this.#waitsForCaller = true;
    this.onProgress();
    this.#source.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const source = this.#source;
    source.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onGone);
    source.pause();
    this.#letGo();
    done(error);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#letGo();
    this.#pass(chunk);
    // Not before: what is counted and does not wait here is taken to have been written.
    if (this.#exchange.ownsPieces) this.#pieces.add(chunk);
  };

  #pass(chunk: Buffer): void {
    if (this.#isCut(this.#inspection?.take(chunk)) || this.push(chunk)) return;
    this.#waitsForCaller = false;
    this.#source.pause();
  }

  /** What is too large goes no further, and its connection to the API ends in the middle of it. */
  #isCut(answered: Soon<Answered> | undefined): boolean {
    if (answered === undefined) return false;
    this.destroy();
    this.onCut(answered);
    return true;
  }

  readonly #onEnd = (): void => {
    if (this.destroyed || this.#isCut(this.#inspection?.end())) return;
    this.#waitsForCaller = false;
    this.onProgress();
    this.push(null);
  };

  readonly #onGone = (): void => {
    if (!this.#exchange.complete) this.destroy(new Error('the caller went away'));
  };
}

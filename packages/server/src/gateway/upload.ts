import { Readable } from 'node:stream';
import type { Exchange } from './exchange.ts';

/**
 * A request's body as a stream of its own: when the upstream goes away and its side is destroyed, the caller's connection
 * lives on and can still be answered.
 */
export class Upload extends Readable {
  /** Called whenever the API is ready for more. */
  onProgress: () => void = () => undefined;
  readonly #exchange: Exchange;
  readonly #source: Readable;
  #waitsForCaller = false;

  constructor(exchange: Exchange) {
    super({ highWaterMark: 64 * 1024 });
    this.#exchange = exchange;
    this.#source = exchange.source;
    // Whoever reads this stream hears of its end first; an error nobody listens to any more is not a fault.
    this.on('error', () => undefined);
    this.#source.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#onGone).on('close', this.#onGone);
  }

  /** Whether the API has taken all there was, and it is for the caller to send more. */
  get waitsForCaller(): boolean {
    return this.#waitsForCaller;
  }

  override _read(): void {
    this.#waitsForCaller = true;
    this.onProgress();
    this.#source.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const source = this.#source;
    source.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onGone);
    source.pause();
    done(error);
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.push(chunk)) return;
    this.#waitsForCaller = false;
    this.#source.pause();
  };

  readonly #onEnd = (): void => {
    this.#waitsForCaller = false;
    this.onProgress();
    this.push(null);
  };

  readonly #onGone = (): void => {
    if (!this.#exchange.complete) this.destroy(new Error('the caller went away'));
  };
}

import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** Bytes of an unread body that are still taken in, so that the caller reads the answer before the connection ends. */
const MAX_DISCARDED = 256 * 1024;
/** How long such a caller may go on sending. */
const MAX_DISCARD_MS = 1000;

export function hasBody(request: IncomingMessage): boolean {
  const { headers } = request;
  if (headers['transfer-encoding'] !== undefined) return true;
  return headers['content-length'] !== undefined && headers['content-length'] !== '0';
}

/**
 * A request's body as a stream of its own: when the upstream goes away and its side is destroyed, the caller's connection
 * lives on and can still be answered.
 */
export class Upload extends Readable {
  /** Called whenever the API is ready for more. */
  onProgress: () => void = () => undefined;
  readonly #request: IncomingMessage;
  #waitsForCaller = false;

  constructor(request: IncomingMessage) {
    super({ highWaterMark: 64 * 1024 });
    this.#request = request;
    // Whoever reads this stream hears of its end first; an error nobody listens to any more is not a fault.
    this.on('error', () => undefined);
    request.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#onGone).on('close', this.#onGone);
  }

  /** Whether the API has taken all there was, and it is for the caller to send more. */
  get waitsForCaller(): boolean {
    return this.#waitsForCaller;
  }

  override _read(): void {
    this.#waitsForCaller = true;
    this.onProgress();
    this.#request.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const request = this.#request;
    request.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onGone);
    request.pause();
    done(error);
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.push(chunk)) return;
    this.#waitsForCaller = false;
    this.#request.pause();
  };

  readonly #onEnd = (): void => {
    this.#waitsForCaller = false;
    this.onProgress();
    this.push(null);
  };

  readonly #onGone = (): void => {
    if (!this.#request.complete) this.destroy(new Error('the caller went away'));
  };
}

/**
 * Takes in what is left of a body that nobody wants, then calls `done`: at its end, or at the named bounds. Closing with
 * bytes unread would reset the connection, and the caller would lose the answer.
 */
export function discard(request: IncomingMessage, done: () => void): void {
  if (request.complete || request.destroyed) return done();
  let left = MAX_DISCARDED;
  const finish = (): void => {
    clearTimeout(timer);
    request.off('data', onData).off('end', finish).off('close', finish).off('error', finish);
    done();
  };
  const onData = (chunk: Buffer): void => {
    left -= chunk.length;
    if (left < 0) finish();
  };
  const timer = setTimeout(finish, MAX_DISCARD_MS);
  request.on('data', onData).on('end', finish).on('close', finish).on('error', finish);
  request.resume();
}

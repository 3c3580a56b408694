import type { Ending, How } from './ending.ts';

type Headers = NodeJS.Dict<string | string[]>;

const NO_HEADERS: Headers = {};

/**
 * Sees one admitted request to its end, and tells of that exactly once, whatever happens first. The end is told before the
 * last byte of the answer is handed on: whoever has read an answer finds that what it held is free.
 */
export class Witness {
  readonly #nowMs: () => number;
  readonly #begunMs: number;
  readonly #onEnding: (ending: Ending) => void;
  #status: number | undefined;
  #headers: Headers = NO_HEADERS;
  /** Of the body; -1 where only the API's end of it tells. */
  #declared = -1;
  #bytes = 0;
  #how: How | undefined;

  constructor(begunMs: number, nowMs: () => number, onEnding: (ending: Ending) => void) {
    this.#begunMs = begunMs;
    this.#nowMs = nowMs;
    this.#onEnding = onEnding;
  }

  /** Undefined until it is over. */
  get how(): How | undefined {
    return this.#how;
  }

  /** The answer has begun. */
  answered(status: number, headers: Headers): void {
    this.#status = status;
    this.#headers = headers;
    const length = headers['content-length'];
    this.#declared = typeof length === 'string' ? Number(length) : -1;
  }

  /** A piece of the body is about to be handed on. */
  passes({ length }: Buffer): void {
    this.#bytes += length;
    if (this.#bytes === this.#declared) this.ends('whole');
  }

  /** What came of an answer was kept back, and the caller is told of another. */
  forgets(): void {
    this.#status = undefined;
    this.#headers = NO_HEADERS;
    this.#bytes = 0;
  }

  ends(how: How): void {
    if (this.#how !== undefined) return;
    this.#how = how;
    const tookMs = this.#nowMs() - this.#begunMs;
    this.#onEnding({ how, status: this.#status, headers: this.#headers, bytes: this.#bytes, tookMs });
  }
}

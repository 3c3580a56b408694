import type { Forward } from 'headgate/http';
import type { Ending, How } from './ending.ts';
import { Tap, type Read } from './tap.ts';

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
  #tap: Tap | undefined;
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

  /** The answer has begun. `reads`: what the limits want of its body. */
  answered(status: number, headers: Headers, reads: Forward['reads']): void {
    this.#status = status;
    this.#headers = headers;
    this.#declared = Number(headers['content-length'] ?? -1);
    if (reads?.wants(status, textOf(headers['content-type'])) !== true) return;
    this.#tap = new Tap(reads.maxBytes, textOf(headers['content-encoding']), this.#declared);
  }

  /** A piece of the body is about to be handed on. */
  passes(chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#tap?.take(chunk);
    if (this.#bytes === this.#declared) this.ends('whole');
  }

  /** What came of an answer was kept back, and the caller is told of another. */
  forgets(): void {
    this.#status = undefined;
    this.#headers = NO_HEADERS;
    this.#bytes = 0;
    this.#tap = undefined;
  }

  ends(how: How): void {
    if (this.#how !== undefined) return;
    this.#how = how;
    const tookMs = this.#nowMs() - this.#begunMs;
    const body = this.#body(how);
    this.#onEnding({ how, status: this.#status, headers: this.#headers, bytes: this.#bytes, body, tookMs });
  }

  #body(how: How): Read | undefined {
    const tap = this.#tap;
    this.#tap = undefined;
    return tap !== undefined && how !== 'whole' ? { unread: 'torn' } : tap?.read();
  }
}

function textOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.join(', ');
}

import type { AnswerBody, Ending, Fields, Forward } from 'headgate/http';
import type { How } from './how.ts';
import { wantedOf } from './pick.ts';
import type { Room } from './room.ts';
import { Tap, unread } from './tap.ts';

type Headers = NodeJS.Dict<string | string[]>;

export interface WitnessOptions {
  /** Monotonic. */
  readonly nowMs: () => number;
  readonly room: Room;
}

const NO_HEADERS: Headers = {};
const ABSENT = unread('absent');
const UNASKED = unread('unasked');

/**
 * Sees one admitted request to its end, and says exactly once that it is over, whatever happens first. It is over before the last byte
 * of the answer is handed on: whoever has read an answer finds that what it held is free. What it has seen is the
 * {@link Ending} itself, to be read while that is told: most requests hold nothing, and nothing is made for them.
 */
export class Witness implements Ending {
  readonly #begunMs: number;
  readonly #options: WitnessOptions;
  #headers = NO_HEADERS;
  /** Of the body; -1 where only the API's end of it tells. */
  #declared = -1;
  #reads: Forward['reads'];
  #tap: Tap | undefined;
  #body: AnswerBody | undefined;
  #how: How | undefined;
  status: number | undefined;
  reached = false;
  partial = false;
  sentBytes = 0;

  constructor(begunMs: number, options: WitnessOptions) {
    this.#begunMs = begunMs;
    this.#options = options;
  }

  /** Undefined until it is over. */
  get how(): How | undefined {
    return this.#how;
  }

  get fields(): Fields {
    const fields: string[] = [];
    for (const [name, value = []] of Object.entries(this.#headers))
      for (const each of [value].flat()) fields.push(name, each);
    return fields;
  }

  get body(): AnswerBody {
    return (this.#body ??= this.#read());
  }

  /** Costs are counted in whole ones, and rounded up. */
  get tookMs(): number {
    return Math.ceil(this.#options.nowMs() - this.#begunMs);
  }

  get torn(): boolean {
    return this.#how !== 'whole' && this.status !== undefined;
  }

  get cut(): boolean {
    return this.#how === 'oversized';
  }

  /** From here on the API may have seen the request. */
  reaches(): void {
    this.reached = true;
  }

  /** The answer has begun. `reads`: what the limits want of its body. */
  answered(status: number, headers: Headers, reads: Forward['reads']): void {
    this.status = status;
    this.#headers = headers;
    this.#declared = Number(headers['content-length'] ?? -1);
    this.#reads = reads;
    if (reads?.wants(status, textOf(headers['content-type'])) !== true) return;
    const { maxBytes, members } = reads;
    const [coding, declared, { room }] = [textOf(headers['content-encoding']), this.#declared, this.#options];
    this.#tap = new Tap({ maxBytes, coding, declared, wanted: members && wantedOf(members), room });
  }

  /** A piece of the body is about to be handed on. True when it is the last. */
  passes(chunk: Buffer): boolean {
    this.sentBytes += chunk.length;
    this.#tap?.take(chunk);
    return this.sentBytes === this.#declared;
  }

  /** What came of the body was kept back, and the caller gets another. */
  forgets(): void {
    this.sentBytes = 0;
  }

  /** True when it is over by this, and was not before. */
  ends(how: How): boolean {
    if (this.#how !== undefined) return false;
    this.#how = how;
    return true;
  }

  /** It has been told: what was kept to be read is let go. */
  rests(): void {
    this.#tap?.close('absent');
    this.#tap = undefined;
  }

  #read(): AnswerBody {
    if (this.#reads === undefined || this.status === undefined) return ABSENT;
    if (this.#tap === undefined) return UNASKED;
    if (this.#how !== 'whole') this.#tap.close('torn');
    return this.#tap.read();
  }
}

function textOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.join(', ');
}

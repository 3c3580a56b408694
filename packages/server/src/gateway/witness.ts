import type { AnswerBody, Ending, Fields, Forward } from 'headgate/http';
import type { How } from './how.ts';
import { wantedOf } from './pick.ts';
import type { Room } from './room.ts';
import { Tap, unread } from './tap.ts';

type Headers = NodeJS.Dict<string | string[]>;

export interface WitnessOptions {
  readonly begunMs: number;
  /** Monotonic. */
  readonly nowMs: () => number;
  readonly room: Room;
  readonly onEnding: (ending: Ending, how: How) => void;
}

/**
 * Sees one admitted request to its end, and tells of that exactly once, whatever happens first. The end is told before the
 * last byte of the answer is handed on: whoever has read an answer finds that what it held is free.
 */
export class Witness {
  readonly #options: WitnessOptions;
  #reached = false;
  #status: number | undefined;
  #headers: Headers | undefined;
  /** Of the body; -1 where only the API's end of it tells. */
  #declared = -1;
  #bytes = 0;
  #reads: Forward['reads'];
  #tap: Tap | undefined;
  #how: How | undefined;

  constructor(options: WitnessOptions) {
    this.#options = options;
  }

  /** Undefined until it is over. */
  get how(): How | undefined {
    return this.#how;
  }

  /** From here on the API may have seen the request. */
  reaches(): void {
    this.#reached = true;
  }

  /** The answer has begun. `reads`: what the limits want of its body. */
  answered(status: number, headers: Headers, reads: Forward['reads']): void {
    this.#status = status;
    this.#headers = headers;
    this.#declared = Number(headers['content-length'] ?? -1);
    this.#reads = reads;
    if (reads?.wants(status, textOf(headers['content-type'])) !== true) return;
    const { maxBytes, members } = reads;
    const wanted = members && wantedOf(members);
    const [coding, declared, { room }] = [textOf(headers['content-encoding']), this.#declared, this.#options];
    this.#tap = new Tap({ maxBytes, coding, declared, wanted, room });
  }

  /** A piece of the body is about to be handed on. */
  passes(chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#tap?.take(chunk);
    if (this.#bytes === this.#declared) this.ends('whole');
  }

  /** What came of the body was kept back, and the caller gets another. */
  forgets(): void {
    this.#bytes = 0;
  }

  ends(how: How): void {
    if (this.#how !== undefined) return;
    this.#how = how;
    const { begunMs, nowMs, onEnding } = this.#options;
    const [status, headers] = [this.#status, this.#headers];
    const ending = {
      status,
      reached: this.#reached,
      // Made when somebody reads it: mostly nobody does.
      get fields() {
        return flat(headers);
      },
      body: this.#body(how),
      sentBytes: this.#bytes,
      // Costs are counted in whole ones, and rounded up.
      tookMs: Math.ceil(nowMs() - begunMs),
      torn: how !== 'whole' && status !== undefined,
      cut: how === 'oversized',
    };
    this.#tap = undefined;
    onEnding(ending, how);
  }

  #body(how: How): AnswerBody {
    if (this.#reads === undefined || this.#status === undefined) return ABSENT;
    if (this.#tap === undefined) return UNASKED;
    if (how !== 'whole') this.#tap.close('torn');
    return this.#tap.read();
  }
}

const ABSENT = unread('absent');
const UNASKED = unread('unasked');
const NO_FIELDS: Fields = [];

function flat(headers: Headers | undefined): Fields {
  if (headers === undefined) return NO_FIELDS;
  const fields: string[] = [];
  for (const name of Object.keys(headers)) for (const value of [headers[name] ?? []].flat()) fields.push(name, value);
  return fields;
}

function textOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.join(', ');
}

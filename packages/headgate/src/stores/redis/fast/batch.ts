import type { Instant, Outcome } from '../../../core/index.ts';
import type { Bytes } from '../port/client.ts';
import type { Numbers } from '../records/bank.ts';
import { HEAD_BYTES } from '../records/packing.ts';
import type { Ask } from '../rounds/ask.ts';
import { TOLD_HEAD_BYTES } from './amounts.ts';
import type { FastRecord } from './layout.ts';
import { toldOf, type FastProgram } from './program.ts';

/** A decision that a script is to make, by the amounts that hold now. */
interface Decision {
  readonly ask: Ask;
  readonly fast: FastProgram;
}

/** What the call says beside its decisions. Ms; 0 where it is Redis's own time, or not known. */
export interface Circumstances {
  readonly now: number;
  readonly wall: number;
  readonly patienceMicros: number;
  readonly moreMs: number;
}

/** Decisions of one script that go out in one call. */
export class Batch {
  readonly decisions: Decision[] = [];
  readonly keys: Bytes[] = [];
  /** What each is told, as bytes; one row where all are told the same. */
  #plan: Buffer = NOTHING;
  #rows = 0;
  #width = 0;
  /** Until when somebody waits for it, by this process's clock. In ms. */
  endsAtMs = 0;
  /** Those of one script are of one length. */
  #blockBytes = 0;
  readonly #blocks: Map<Buffer, number> = new Map();

  add(ask: Ask, fast: FastProgram): void {
    const isLikeFirst = this.#rows === 1 && this.#isLikeFirst(ask, fast);
    this.decisions.push({ ask, fast });
    for (const { key } of ask.places) this.keys.push(key);
    if (ask.endsAtMs > this.endsAtMs) this.endsAtMs = ask.endsAtMs;
    if (!isLikeFirst) this.#tell(toldOf(fast, ask.step, this.#blockOf(fast.amounts.block)));
  }

  /** Whether it is told the same, as most are: no row need be made to see that. */
  #isLikeFirst({ step: { costs } }: Ask, { amounts, order, phased }: FastProgram): boolean {
    const [first] = this.decisions as [Decision]; // There is a row.
    if (first.fast.amounts !== amounts || phased.length > 0) return false;
    for (const index of order) if (costs[index] !== first.ask.step.costs[index]) return false;
    return true;
  }

  #blockOf(block: Buffer): number {
    let number = this.#blocks.get(block);
    if (number === undefined) this.#blocks.set(block, (number = this.#blocks.size + 1));
    this.#blockBytes = block.length;
    return number;
  }

  /** Mostly all ask the same: then it is said once. */
  #tell(row: Buffer): void {
    const count = this.decisions.length;
    if (count === 1) this.#width = row.length;
    else if (this.#rows === 1 && row.equals(this.#plan.subarray(0, this.#width))) return;
    else if (this.#rows === 1) this.#repeat(count - 1);
    this.#put(row);
  }

  #repeat(times: number): void {
    const row = Buffer.from(this.#plan.subarray(0, this.#width));
    while (this.#rows < times) this.#put(row);
  }

  #put(row: Buffer): void {
    const end = this.#rows * this.#width;
    if (end + this.#width > this.#plan.length) {
      const longer = Buffer.allocUnsafe(2 * (end + this.#width));
      this.#plan.copy(longer, 0, 0, end);
      this.#plan = longer;
    }
    row.copy(this.#plan, end);
    this.#rows++;
  }

  /** All that it is told, in one piece. */
  told({ now, wall, patienceMicros, moreMs }: Circumstances): Buffer {
    const rows = this.#rows * this.#width;
    const told = Buffer.allocUnsafe(TOLD_HEAD_BYTES + this.#blocks.size * this.#blockBytes + rows);
    let at = told.writeDoubleLE(now, 0);
    at = told.writeDoubleLE(wall, at);
    at = told.writeDoubleLE(patienceMicros, at);
    at = told.writeDoubleLE(moreMs, at);
    at = told.writeUInt16LE(this.#blocks.size, at);
    for (const block of this.#blocks.keys()) at += block.copy(told, at);
    this.#plan.copy(told, at, 0, rows);
    return told;
  }

  /**
   * Answers what the script decided, and says what is left for the engine. The engine tells the figures: it is given the counters as they
   * were, and comes to what the script came to.
   */
  answer({ head, before }: Told, t: Instant): Ask[] {
    const left: Ask[] = [];
    let key = 0;
    for (let i = 0; i < this.decisions.length; i++) {
      const { ask, fast } = this.decisions[i]!;
      const { records, scratch, bank } = fast;
      const letter = head[LETTERS_AT + i];
      if (letter === SLOW) left.push(ask);
      else {
        for (let r = 0; r < records.length; r++) read(scratch[r]!, records[r]!, before[key + r]!);
        tell(ask, bank.apply(ask.step, scratch, t), letter === ADMITTED);
      }
      key += records.length;
    }
    return left;
  }
}

/** What a script answers: of each decision a letter, in ASCII; of each key its counters, empty where there were none. */
export interface Told {
  readonly head: Buffer;
  readonly before: readonly Buffer[];
}

/** Where the letters begin: the time comes before them. */
export const LETTERS_AT = 8;
const [ADMITTED, SLOW] = [0x41, 0x53]; // A, S.
const NOTHING = Buffer.alloc(0);

function tell(ask: Ask, out: Outcome, isAdmitted: boolean): void {
  if (out.allowed === isAdmitted) ask.answer(out);
  else ask.fail(new Error(`the script and the engine to agree: the engine says ${out.allowed}`));
}

/** A record's numbers as they were, laid out as its shape is; those of other checks are not told, and not asked for. */
function read({ cells }: Numbers, { from, to, toldFrom }: FastRecord, before: Buffer): void {
  if (before.length === 0) return void cells.fill(0, from, to);
  const first = HEAD_BYTES + from * 8 - toldFrom;
  for (let i = from; i < to; i++) cells[i] = before.readDoubleLE(first + (i - from) * 8);
}

import type { Instant, Outcome } from '../../../core/index.ts';
import type { Bytes } from '../port/client.ts';
import type { Numbers } from '../records/bank.ts';
import type { Ask } from '../rounds/ask.ts';
import { toldOf, type FastProgram } from './program.ts';

/** A decision that a script is to make, by the amounts that hold now. */
interface Decision {
  readonly ask: Ask;
  readonly fast: FastProgram;
  readonly keys: readonly number[];
  readonly block: number;
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
  readonly #keys: Map<string, number> = new Map();
  readonly #bytes: Bytes[] = [];
  readonly #blocks: Map<Buffer, number> = new Map();

  add(ask: Ask, fast: FastProgram): void {
    const { block } = fast.amounts;
    let number = this.#blocks.get(block);
    if (number === undefined) this.#blocks.set(block, (number = this.#blocks.size + 1));
    this.decisions.push({ ask, fast, keys: ask.places.map(({ name, key }) => this.#keyOf(name, key)), block: number });
  }

  #keyOf(name: string, key: Bytes): number {
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    this.#keys.set(name, this.#bytes.push(key));
    return this.#bytes.length;
  }

  get keys(): readonly Bytes[] {
    return this.#bytes;
  }

  args({ now, wall, patienceMicros, moreMs }: Circumstances): Bytes[] {
    const head = Buffer.alloc(32);
    for (const [i, number] of [now, wall, patienceMicros, moreMs].entries()) head.writeDoubleLE(number, i * 8);
    return [head, this.#plan(), ...this.#blocks.keys()];
  }

  #plan(): Buffer {
    const { keys, fast } = this.decisions[0]!; // A batch is begun by a decision.
    const width = 2 + 2 * keys.length + 8 * (fast.order.length + fast.phased.length);
    const plan = Buffer.allocUnsafe(width * this.decisions.length);
    let at = 0;
    for (const one of this.decisions) {
      const { costs, keys: texts } = one.ask.step;
      at = plan.writeUInt16LE(one.block, at);
      for (const key of one.keys) at = plan.writeUInt16LE(key, at);
      for (const number of toldOf(one.fast, costs, texts)) at = plan.writeDoubleLE(number, at);
    }
    return plan;
  }

  /**
   * Answers what the script decided, and says what is left for the engine. The engine tells the figures: it is given the counters as they
   * were, and comes to what the script came to.
   */
  answer(letters: string, before: readonly Buffer[], t: Instant): Ask[] {
    const records = new Map<number, Numbers>();
    return this.decisions.flatMap(({ ask, fast, keys }, i) => {
      if (letters[i] === 'S') return [ask];
      const own = keys.map((key, r) => {
        let numbers = records.get(key);
        if (numbers === undefined) records.set(key, (numbers = numbersOf(fast, r, before[key - 1]!)));
        return numbers;
      });
      const out = fast.bank.apply(ask.step, own, t);
      if (out.allowed === (letters[i] === 'A')) ask.answer(out);
      else ask.fail(disagreement(out));
      return [];
    });
  }
}

/** A record's numbers as they were, laid out as its shape is; those of other checks are not told, and not asked for. */
function numbersOf({ records }: FastProgram, r: number, before: Buffer): Numbers {
  const { shape, from } = records[r]!;
  const cells = new Float64Array(shape.stride);
  // Doubles come little-endian, as this machine has them: whatever runs Node has.
  if (before.length > 0) new Uint8Array(cells.buffer, from * 8, before.length).set(before);
  return { cells, ledger: undefined, idleAtMs: 0 };
}

function disagreement({ allowed }: Outcome): Error {
  return new Error(`the script and the engine to agree: the engine says ${allowed}`);
}

import type { Program, Step } from '../../../core/index.ts';
import type { Script } from '../port/script.ts';
import type { Numbers, RedisBank } from '../records/bank.ts';
import type { Banks } from '../records/banks.ts';
import { amountsAt, phaseOf, type Amounts } from './amounts.ts';
import { fastRecords, type FastCheck, type FastRecord } from './layout.ts';
import { fastScript, phased } from './lua.ts';

/** Scripts that this process has made, at most: Redis keeps every one of them. Beyond, the engine decides. */
const MAX_SCRIPTS = 256;

/** A program that a script can decide. */
export interface FastProgram {
  readonly program: Program;
  readonly bank: RedisBank;
  readonly script: Script;
  readonly records: readonly FastRecord[];
  /** Its checks in the order in which scripts are told their costs. */
  readonly order: readonly number[];
  readonly phased: readonly FastCheck[];
  amounts: Amounts;
  /** Where what is told of a decision is written; it is overwritten by the next. */
  readonly told: Buffer;
  /** Where the counters of a decision are read into, one a record; they too are overwritten. */
  readonly scratch: readonly Numbers[];
}

/** Programs that scripts can decide. */
export class FastPrograms {
  readonly #banks: Banks;
  readonly #scripts: Map<string, Script> = new Map();
  readonly #programs: WeakMap<Program, { readonly bank: RedisBank; readonly fast: FastProgram | undefined }> =
    new WeakMap();

  constructor(banks: Banks) {
    this.#banks = banks;
  }

  /** The program with its amounts at an instant of wall time; undefined where only the engine can decide. */
  of(program: Program, wall: number): FastProgram | undefined {
    const bank = this.#banks.bankOf(program);
    let known = this.#programs.get(program);
    if (known?.bank !== bank) this.#programs.set(program, (known = { bank, fast: this.#make(program, bank, wall) }));
    const { fast } = known;
    if (fast !== undefined && (wall < fast.amounts.fromMs || wall >= fast.amounts.untilMs))
      fast.amounts = amountsAt(program, fast.records, wall);
    return fast;
  }

  #make(program: Program, bank: RedisBank, wall: number): FastProgram | undefined {
    const records = fastRecords(program, this.#banks.shapesOf(program));
    const script = records && this.#scriptOf(records);
    if (records === undefined || script === undefined) return undefined;
    const order = records.flatMap(({ checks }) => checks.map(({ index }) => index));
    const amounts = amountsAt(program, records, wall);
    const withPhase = phased(records);
    const told = Buffer.alloc(2 + 8 * (order.length + withPhase.length));
    return { program, bank, script, records, order, phased: withPhase, amounts, told, scratch: records.map(scratchOf) };
  }

  #scriptOf(records: readonly FastRecord[]): Script | undefined {
    const made = fastScript(records);
    const known = this.#scripts.get(made.sha);
    if (known !== undefined || this.#scripts.size >= MAX_SCRIPTS) return known;
    this.#scripts.set(made.sha, made);
    return made;
  }
}

function scratchOf({ shape }: FastRecord): Numbers {
  return { cells: new Float64Array(shape.stride), ledger: undefined, idleAtMs: 0 };
}

/** What a script is told of one decision: the number of its block, its costs, and the phases of the windows that have one. */
export function toldOf({ order, phased: withPhase, told }: FastProgram, { costs, keys }: Step, block: number): Buffer {
  let at = told.writeUInt16LE(block, 0);
  for (const index of order) at = told.writeDoubleLE(costs[index]!, at);
  for (const { check } of withPhase) at = told.writeDoubleLE(phaseOf(check, keys[check.record]!), at);
  return told;
}

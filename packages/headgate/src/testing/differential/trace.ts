import type { Op, Outcome, Program, Step } from '../../core/index.ts';
import type { ManualClock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { World } from './world.ts';

const IDS: readonly string[] = ['1', '2', '3', '4', '5', '6'];
const OPS: readonly Op[] = [
  'decide',
  'decide',
  'decide',
  'decide',
  'decide',
  'decide',
  'decide',
  'decide',
  'decide',
  'peek',
  'peek',
  'settle',
  'cancel',
  'renew',
  'refund',
  'amend',
  'amend',
  'adjust',
  'grant',
  'grant',
  'reset',
];
const HOSTILE: readonly unknown[] = [-1, NaN, Infinity, 2 ** 53, 0.5, '0x10', null, 1n, undefined, true, [1], {}];
const RESETS = 0.3;
/** Verbs that may speak of a part of a reservation. */
const PARTLY: ReadonlySet<Op> = new Set<Op>(['settle', 'cancel']);

/** A decision, and what it said. */
interface Charged {
  readonly step: Step;
  readonly out: Outcome;
}

/** Makes one step after another, remembering what was asked so that verbs meet what they speak of. */
export class Trace {
  readonly #random: Random;
  readonly #world: World;
  readonly #wallMs: () => number;
  readonly #asked: Step[] = [];
  /** What was charged and can be amended, each once. */
  readonly #charged: Charged[] = [];
  /** Half of all traces give no request ids: a store may well be made to be fastest where it need remember nothing. */
  readonly #givesIds: boolean;

  constructor(random: Random, world: World, wallMs: () => number) {
    this.#random = random;
    this.#world = world;
    this.#wallMs = wallMs;
    this.#givesIds = random.chance(0.5);
  }

  next(): Step {
    const random = this.#random;
    const op = random.pick(OPS);
    if (op === 'reset' && !random.chance(RESETS)) return this.next();
    const before = this.#asked.length > 0 && random.chance(0.6) ? random.pick(this.#asked) : undefined;
    const charged = op === 'amend' ? this.#charged.splice(random.int(0, this.#charged.length - 1), 1)[0] : undefined;
    if (charged !== undefined) return this.#amendment(charged);
    if (op === 'amend') return this.next();
    const step = op === 'decide' || op === 'peek' ? this.#question(op, before) : this.#verb(op, before);
    this.#asked.push(step);
    if (this.#asked.length > 12) this.#asked.shift();
    return step;
  }

  /** What came of a step: what it charged may be amended. */
  heard(step: Step, out: Outcome): void {
    if (step.op === 'reset') this.#charged.length = 0;
    if (step.op !== 'decide' || !out.allowed || out.replayed || out.status !== 'ok') return;
    this.#charged.push({ step, out });
    if (this.#charged.length > 12) this.#charged.shift();
  }

  #question(op: Op, before: Step | undefined): Step {
    const random = this.#random;
    // The same again: a retry, which a request id makes free.
    if (before?.op === 'decide' && random.chance(0.3)) return { ...before, op };
    const program = before?.program ?? random.pick(this.#world.programs);
    return {
      op,
      program,
      keys: before?.keys ?? this.#keys(program),
      costs: this.#costs(program, 0),
      requestId: this.#givesIds && random.chance(0.3) ? random.pick(IDS) : undefined,
      reservationId: random.chance(0.95) ? `${random.int(0, 30)}` : undefined,
      losses: random.chance(0.1) ? program.checks.map(() => random.int(0, 4)) : undefined,
    };
  }

  #verb(op: Op, before: Step | undefined): Step {
    const program = before?.program ?? this.#random.pick(this.#world.programs);
    const keys = before?.keys ?? this.#keys(program);
    const { requestId, reservationId } = before ?? {};
    const costs = op === 'adjust' ? this.#corrections(program) : this.#costs(program, 0);
    if (op === 'grant') return { op, program, keys, costs: this.#gifts(program), grant: this.#grant() };
    const isOfPart = PARTLY.has(op) && this.#random.chance(0.25);
    const resolves = isOfPart ? program.checks.map(() => this.#random.chance(0.5)) : undefined;
    return { op, program, keys, costs, requestId, reservationId, resolves, leaves: this.#leaves(op, program) };
  }

  /** Mostly of what may be held in part; else it is a fault. */
  #leaves(op: Op, { checks }: Program): Step['leaves'] {
    if (op !== 'settle' || !this.#random.chance(0.3)) return undefined;
    const [random, isFault] = [this.#random, this.#random.chance(0.1)];
    return checks.map(({ kind }) => (isFault || kind === 'level' || kind === 'concurrency' ? random.int(0, 3) : 0));
  }

  #keys({ records }: Program): string[] {
    return records.map((_, i) => this.#random.pick(this.#world.keys[i % this.#world.keys.length]!));
  }

  #costs({ checks }: Program, least: number): number[] {
    const random = this.#random;
    const usual = random.chance(0.7) ? 1 : random.int(least, 4);
    const costs = checks.map(() => (random.chance(0.93) ? usual : random.int(least, 14)));
    // Not numbers at all, on purpose.
    if (random.chance(0.02)) costs[random.int(0, costs.length - 1)] = random.pick(HOSTILE) as number;
    return costs;
  }

  /** Of a charge that was made, all of it, a part, or a little more on top. */
  #amendment({ step, out }: Charged): Step {
    const random = this.#random;
    const { program, keys } = step;
    const costs = step.costs.map((cost, i) => {
      // What a shadow limit would have refused it was not charged.
      if ((out.waits[i] ?? 0) !== 0 || random.chance(0.1)) return 0;
      return random.chance(0.2) ? random.int(1, 3) : -random.int(0, cost);
    });
    return { op: 'amend', program, keys, costs, chargedAtMs: random.chance(0.98) ? out.nowMs : NaN };
  }

  #gifts({ checks }: Program): number[] {
    const random = this.#random;
    return checks.map(({ kind, slices }) =>
      (kind === 'quota' && slices > 0) || random.chance(0.03) ? random.int(random.chance(0.03) ? -1 : 0, 6) : 0,
    );
  }

  #grant(): Step['grant'] {
    const random = this.#random;
    const id = random.chance(0.02) ? '' : random.pick(IDS);
    if (random.chance(0.3)) return { id };
    return { id, endsAtMs: this.#wallMs() + random.int(-20, random.chance(0.5) ? 100 : 5000) };
  }

  #corrections({ checks }: Program): number[] {
    return checks.map(({ kind }) =>
      kind === 'level' || kind === 'quota' || this.#random.chance(0.05) ? this.#random.int(-8, 6) : 0,
    );
  }
}

/** Lets time pass as it passes for a client: not at all, a little, to just before or exactly when it was told to return. */
export function passTime(random: Random, clock: ManualClock, { jumps }: World, last: Outcome | undefined): void {
  if (jumps && random.chance(0.03)) clock.jump(random.int(-4000, 3000));
  const told = last?.retryAfterMs ?? 0;
  if (told > 0 && told < 1e6 && random.chance(0.4)) return clock.advance(random.pick([told, told - 1, told]));
  if (random.chance(0.5)) return;
  clock.advance(random.chance(0.7) ? random.int(0, 15) : random.int(0, random.chance(0.9) ? 300 : 6000));
}

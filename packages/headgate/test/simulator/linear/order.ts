import { FIGURES, type Outcome, type Step, type SyncStore } from '../../../src/core/index.ts';
import { manualClock, oracle } from '../../../src/testing/index.ts';
import { answerOf } from '../answers.ts';
import type { Answer } from '../entry.ts';
import type { Op } from './history.ts';

/** Steps that the model takes at most to find an order. What needs more, since very much of it was never heard, is not decided. */
const MOST_STEPS = 200_000;

/**
 * Looks for an order of what was sent in which the model says what was heard, and in which nothing comes before what had been heard before it was
 * sent: Wing and Gong's search, which remembers where it has been as Lowe's does. What nobody heard of may stand anywhere, or nowhere.
 */
export class Order {
  readonly #ops: readonly Op[];
  /** By op: not yet; as it was heard, or what came of it. Two ways to the same letters have led to the same state. */
  readonly #done: string[];
  readonly #been: Set<string> = new Set();
  readonly #path: number[] = [];
  #model: SyncStore = fresh();
  /** Whether the model has done more than the path. */
  #isAhead = false;
  #steps = 0;
  isUndecided = false;

  constructor(ops: readonly Op[]) {
    this.#ops = ops;
    this.#done = ops.map(() => '.');
  }

  /** Also true where it would take too long to tell: see `isUndecided`. */
  exists(): boolean {
    if (this.isUndecided) return true;
    const state = this.#done.join('');
    if (this.#been.has(state)) return false;
    this.#been.add(state);
    const next = this.#next();
    if (next === undefined) return true;
    return next.some((i) => this.#tries(i));
  }

  /** Which may come next, what came to the store first before all others; undefined: all that was heard has its place. */
  #next(): readonly number[] | undefined {
    let firstHeardAt = Infinity;
    this.#ops.forEach(({ heardAt }, i) => {
      if (this.#done[i] === '.') firstHeardAt = Math.min(firstHeardAt, heardAt);
    });
    if (firstHeardAt === Infinity) return undefined;
    return this.#ops
      .flatMap(({ sentAt }, i) => (this.#done[i] === '.' && sentAt < firstHeardAt ? [i] : []))
      .toSorted((a, b) => byTime(this.#ops[a]!.cameAt, this.#ops[b]!.cameAt));
  }

  #tries(i: number): boolean {
    const { step, answer } = this.#ops[i]!;
    if (this.#isAhead) this.#catchUp();
    const came = this.#take(i);
    this.#isAhead = true;
    const wanted = answer === undefined ? undefined : heard(answer);
    if (wanted !== undefined && wanted !== came) return false;
    // What nobody heard of and what changed nothing needs no place.
    if (wanted === undefined && (isLook(step) || !CHANGED.test(came))) return false;
    this.#done[i] = wanted === undefined ? letterOf(step.op, came) : 'x';
    this.#path.push(i);
    this.#isAhead = false;
    if (this.exists()) return true;
    this.#path.pop();
    this.#done[i] = '.';
    this.#isAhead = true;
    return false;
  }

  #catchUp(): void {
    this.#model = fresh();
    for (const i of this.#path) this.#take(i);
    this.#isAhead = false;
  }

  #take(i: number): string {
    if (this.#steps++ > MOST_STEPS) this.isUndecided = true;
    return heard(answerOf(() => this.#model.apply(this.#ops[i]!.step)));
  }
}

/** An admission that is new, or a verb that found what it spoke of; see `heard`. */
const CHANGED = /^ok true false /;

/** Of two that are Infinity none is the first. */
function byTime(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

function isLook({ op, costs }: Step): boolean {
  return op === 'peek' || (op === 'adjust' && costs.every((units) => units === 0));
}

/** Nothing ends while anybody looks. */
function fresh(): SyncStore {
  return oracle({ clock: manualClock() });
}

/** What can be compared where time stands still. */
function heard(answer: Answer): string {
  if ('fault' in answer) return answer.fault;
  const { status, allowed, replayed, returned, returns } = answer;
  return [status, allowed, replayed, returned + 0, returns.map((units) => units + 0), leftOf(answer)].join(' ');
}

function leftOf({ figures }: Outcome): readonly number[] {
  return figures.filter((_, i) => i % FIGURES === 0);
}

/** What came of it tells which state it left, whenever it came: units are added and taken, and ids are used once. */
function letterOf(op: string, came: string): string {
  return `(${op} ${came.split(' ').slice(0, -1).join(' ')})`;
}

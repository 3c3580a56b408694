import { FIGURES, Outcome, type Check, type Step } from '../../core/index.ts';
import type { Place } from './records/key.ts';

/** However a record is opened, and by whomever, a denial is remembered no longer than this. In ms. */
const LONGEST_MS = 2000;
/** Instants are whole ms, and no two clocks run alike: a thousandth of the longest life on top. In ms. */
const SLACK_MS = 3;
/** Denials that are remembered at once. The oldest goes first. */
const MAX_DENIALS = 10_000;
/** A request whose records have longer names, together, is not remembered. In UTF-16 units. */
const MAX_NAME = 1024;
/** Records are told apart, as to what opened them, by so many numbers. A power of two. */
const OPENINGS = 4096;

/** A request that was refused: the same one is, until then. */
interface Denial {
  readonly outcome: Outcome;
  readonly openings: number;
  readonly answeredAtMs: number;
  readonly endsAtMs: number;
}

/** A request that is being asked for. */
export interface Asked {
  readonly name: string;
  readonly step: Step;
  readonly atMs: number;
  /** How often its records were opened before. */
  readonly openings: number;
}

/**
 * What a store refused is refused again here, without asking it: the very same request, until the first instant at which anything about it
 * changes by itself, and for 2 s at most. What this process gives back is heeded at once. Nothing is remembered that a denial is counted for.
 */
export class Denials {
  readonly #nowMs: () => number;
  readonly #all: Map<string, Denial> = new Map();
  /** How often anything was opened, by home. */
  readonly #opened: Uint32Array = new Uint32Array(OPENINGS);
  /** Steps that were answered from here. */
  told = 0;

  /** @param nowMs never goes back */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** What is known of a request without asking; else who asks, to be given to `see` with the answer; undefined for what is not remembered. */
  recall(step: Step, places: readonly Place[]): Outcome | Asked | undefined {
    if (!isPlain(step)) return undefined;
    const name = nameOf(step, places);
    const atMs = this.#nowMs();
    const openings = this.#openings(places);
    const denial = this.#all.get(name);
    if (denial !== undefined) {
      if (denial.openings === openings && holds(denial, atMs)) return this.#tell(denial, atMs);
      this.#all.delete(name);
    }
    return name.length > MAX_NAME ? undefined : { name, step, atMs, openings };
  }

  #tell({ outcome, answeredAtMs }: Denial, atMs: number): Outcome {
    this.told++;
    return later(outcome, Math.floor(atMs - answeredAtMs));
  }

  /** Remembers a denial, as of when it was asked for: the store has seen it later than that, and not earlier. */
  see({ name, step, atMs, openings }: Asked, outcome: Outcome): void {
    if (!isLasting(step, outcome)) return;
    const lastsMs = Math.min(LONGEST_MS, standsFor(outcome));
    const answeredAtMs = this.#nowMs();
    const endsAtMs = atMs + lastsMs - SLACK_MS;
    if (answeredAtMs >= endsAtMs) return;
    this.#all.delete(name);
    if (this.#all.size >= MAX_DENIALS) this.#all.delete(this.#all.keys().next().value!);
    this.#all.set(name, { outcome: later(outcome, 0), openings, answeredAtMs, endsAtMs });
  }

  /** Something was, or is about to be, given back: nothing holds any more of what was known of its principals. */
  open(places: readonly Place[]): void {
    for (const { home } of places) this.#opened[slotOf(home)]!++;
  }

  /** None of these numbers falls, so that their sum stays only where all of them do. */
  #openings(places: readonly Place[]): number {
    let sum = 0;
    for (const { home } of places) sum += this.#opened[slotOf(home)]!;
    return sum;
  }
}

/** A clock that goes back, which only one that was given does, tells no ages. */
function holds({ answeredAtMs, endsAtMs }: Denial, atMs: number): boolean {
  return atMs >= answeredAtMs && atMs < endsAtMs;
}

function slotOf(home: string): number {
  return Number.parseInt(home, 36) % OPENINGS;
}

/** A request that has an id may have been let in before; what is held comes back at any moment. */
function isPlain({ op, requestId, reservationId, expects }: Step): boolean {
  return (
    (op === 'decide' || op === 'peek') &&
    requestId === undefined &&
    reservationId === undefined &&
    expects === undefined
  );
}

function nameOf({ program, costs }: Step, places: readonly Place[]): string {
  let name = `${program.id} ${costs.join()}`;
  for (const place of places) name += ` ${place.name.length}:${place.name}`;
  return name;
}

/** Whether it is refused until an instant, and to be refused once more changes nothing. */
function isLasting({ program: { checks }, costs }: Step, { status, allowed, no, waits }: Outcome): boolean {
  if (status !== 'ok' || allowed || no !== 'until') return false;
  const isBlocked = checks.some(({ kind }, i) => kind === 'block' && waits[i]! > 0);
  return checks.every((check, i) => isUntouched(check, costs[i]!, isBlocked));
}

/** A denial is charged to what counts it, and sets what it triggers: not while a block refuses, unless that is to begin anew. */
function isUntouched({ kind, count, extend }: Check, cost: number, isBlocked: boolean): boolean {
  return kind === 'block' ? isBlocked && !extend : count === 'admitted' || cost === 0;
}

/** Until the first check opens, is empty again, or may have another amount, in ms: no wait goes beyond the figures that it follows from. */
function standsFor({ waits, figures }: Outcome): number {
  let ms = Infinity;
  for (const [i, wait] of waits.entries()) {
    const resetInMs = figures[i * FIGURES + 1]!;
    if (wait > 0) ms = Math.min(ms, wait);
    if (resetInMs > 0) ms = Math.min(ms, resetInMs);
  }
  return ms;
}

/** The same answer, so many ms later. Whoever is given it may write into it. */
function later(outcome: Outcome, ms: number): Outcome {
  const { status, allowed, no, binding, extras, rungs, used, retryAfterMs, waits, figures } = outcome;
  const told = new Outcome(outcome.nowMs + ms, figures.length / FIGURES);
  Object.assign(told, { status, allowed, no, binding, extras, rungs, used, retryAfterMs: retryAfterMs - ms });
  told.waits = waits.map((wait) => (wait > 0 ? wait - ms : wait));
  for (const [i, figure] of figures.entries()) told.figures[i] = i % FIGURES === 1 && figure > 0 ? figure - ms : figure;
  return told;
}

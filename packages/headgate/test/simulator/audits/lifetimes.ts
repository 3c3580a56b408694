import type { Outcome, Program, Step } from '../../../src/core/index.ts';
import { ACCOUNT_LIMITS } from '../accounts/programs.ts';
import { outcomeOf, type Entry } from '../entry.ts';
import type { Auditor } from './auditor.ts';

const PERMITS: number = ACCOUNT_LIMITS.findIndex(({ kind }) => kind === 'concurrency');
const { amount: MOST, holdMs: HOLD_MS } = ACCOUNT_LIMITS[PERMITS]!;

/** A caller, as one process knows it. */
interface Known {
  readonly sinceMs: number;
  /** Until when what was let in or renewed since then may live, by reservation id. */
  readonly untilMs: Map<string, number>;
}

/**
 * Of permits, whatever was held before, and by which clock: when a process has first looked at them, they are over one lifetime later, and no more live
 * than were let in or renewed since. A clock that goes back while the process runs makes nothing of that false, but nobody can tell it from outside.
 */
export class Lifetimes implements Auditor {
  readonly #account: Program;
  #known: Map<string, Known> = new Map();
  #latestMs = 0;
  #isSteady = true;

  constructor(account: Program) {
    this.#account = account;
  }

  done(entry: Entry): void {
    const { step, nowMs } = entry;
    if (nowMs < this.#latestMs) this.#isSteady = false;
    this.#latestMs = nowMs;
    const out = outcomeOf(entry);
    if (step.program !== this.#account || out === undefined || !this.#isSteady) return;
    const [caller = ''] = step.keys;
    let known = this.#known.get(caller);
    if (known === undefined) this.#known.set(caller, (known = { sinceMs: nowMs, untilMs: new Map() }));
    note(known, step, out, nowMs);
    if (nowMs >= known.sinceMs + HOLD_MS) requireWithin(known, out, nowMs, caller);
  }

  restarted(nowMs: number): void {
    this.#known = new Map();
    this.#latestMs = nowMs;
    this.#isSteady = true;
  }

  reset(): void {
    this.restarted(0);
  }
}

function note({ untilMs }: Known, { op, reservationId = '' }: Step, { status, allowed }: Outcome, nowMs: number): void {
  if ((op === 'decide' && allowed) || (op === 'renew' && status === 'ok')) untilMs.set(reservationId, nowMs + HOLD_MS);
  if (op === 'settle' || op === 'cancel') untilMs.delete(reservationId);
}

function requireWithin({ untilMs }: Known, { figures }: Outcome, nowMs: number, caller: string): void {
  const live = MOST - figures[2 * PERMITS]!;
  let known = 0;
  for (const until of untilMs.values()) if (until > nowMs) known++;
  if (live > known)
    throw new Error(`${caller}: ${live} permits live, of which ${live - known} are older than a lifetime`);
}

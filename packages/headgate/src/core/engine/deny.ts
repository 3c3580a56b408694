import type { Block } from '../counters/block.ts';
import { endOf, type Counter, type Instant } from '../counters/index.ts';
import { FIGURES, noOf, WAIT, type No, type Outcome } from '../outcome.ts';
import { FOREVER, type Check } from '../program.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { refuses } from './refuses.ts';

/** With nothing known about when something is given back, a second is a civil wait. In ms. */
const DEFAULT_HINT_MS = 1000;
/** Amounts that fall and rise can push the common instant on; more often than this they are not followed. */
const MAX_PASSES = 64;
const RANK: Readonly<Record<No, number>> = { none: 0, until: 1, freed: 2, never: 3 };

/**
 * Tells a denial. Only limits that count attempts are charged, and blocks that this denial triggers
 * begin; every other counter stays as it is. Expects each check's room in the figures.
 */
export function deny(step: Step, bank: Bank, t: Instant, out: Outcome, charging: boolean): void {
  const { counters } = bank;
  const waits = new Array<number>(counters.length);
  out.allowed = false;
  out.waits = waits;
  for (let i = 0; i < counters.length; i++) {
    const counter = counters[i]!;
    const { check } = counter;
    const cost = step.costs[i]!;
    let room = out.figures[i * FIGURES]!;
    const refused = refuses(check, cost, room);
    if (charging && check.count === 'attempts' && cost !== 0) {
      counter.charge(t, cost, step.keys);
      room = counter.room(t);
    }
    const begun = charging && !refused && check.kind === 'block' && begin(counter as Block, waits, t);
    out.figures[i * FIGURES] = room > 0 && !begun ? room : 0;
    out.figures[i * FIGURES + 1] = counter.resetIn(t, step.keys);
    waits[i] = refused || begun ? waitOf(counter, cost, t) : WAIT.admits;
    bind(out, i, waits[i]!);
  }
  out.retryAfterMs = out.no === 'never' ? -1 : commonWait(step, bank, t);
  if (out.no === 'freed') out.retryAfterMs = Math.max(out.retryAfterMs, hintOf(counters[out.binding]!.check, bank, t));
}

/** A block begins when the check that triggers it, which stands before it, refuses; one that runs already is not lengthened. */
function begin(block: Block, waits: readonly number[], t: Instant): boolean {
  const wait = waits[block.check.trigger] ?? WAIT.admits;
  const triggered = wait !== WAIT.admits && wait !== WAIT.shadow;
  if (triggered) block.begin(t);
  return triggered;
}

/** One refusing check alone: ms until it admits, or why there is no such instant. */
function waitOf(counter: Counter, cost: number, t: Instant): number {
  if (counter.check.shadow) return WAIT.shadow;
  if (!everFits(counter.check, cost, t)) return WAIT.never;
  if (isHeld(counter.check)) return WAIT.freed;
  const opensAtMs = opening(counter, cost, t, t.now);
  return opensAtMs === Infinity ? WAIT.never : opensAtMs - t.now;
}

/** Whether the amount in force, or one that is to come, could hold what is asked. */
function everFits({ kind, segments, atLeast }: Check, cost: number, t: Instant): boolean {
  return kind === 'block' || segments.some((segment) => endOf(segment, t.skewMs) > t.now && Math.max(cost, atLeast) <= segment.burst);
}

/** First instant from `from` on at which this check alone admits the step; Infinity when no wait helps. */
function opening(counter: Counter, cost: number, t: Instant, from: number): number {
  const { segments, atLeast, kind } = counter.check;
  const need = cost > atLeast ? cost : atLeast;
  if (need === 0 && kind !== 'block') return from;
  if (counter.segment.untilAtMs === FOREVER) return need > counter.segment.burst ? Infinity : counter.opensAt(t, from, need, counter.segment);
  for (const segment of segments) {
    const untilMs = endOf(segment, t.skewMs);
    // A quota answers for the period that it holds, which may be a later one than the segment's.
    if (untilMs <= from || (need > segment.burst && kind !== 'quota')) continue;
    const opensAtMs = counter.opensAt(t, Math.max(from, segment.fromAtMs + t.skewMs), need, segment);
    if (opensAtMs < untilMs) return opensAtMs;
  }
  // Not by the end of what is known: ask again then.
  return Math.max(from, endOf(segments.at(-1)!, t.skewMs));
}

/** Binding: never > when freed > until; within until, the longest wait; ties by order. */
function bind(out: Outcome, i: number, wait: number): void {
  const no = noOf(wait);
  const stronger = RANK[no] - RANK[out.no];
  if (stronger < 0 || no === 'none' || (stronger === 0 && wait <= out.waits[out.binding]!)) return;
  out.no = no;
  out.binding = i;
}

/**
 * Ms until every check that waits for time admits at once. Each answers for itself; where an
 * amount falls in between, an answer may push another on, so they are asked until all agree.
 */
function commonWait(step: Step, { counters }: Bank, t: Instant): number {
  let commonAtMs = t.now;
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const before = commonAtMs;
    for (let i = 0; i < counters.length; i++) {
      const counter = counters[i]!;
      if (counter.check.shadow || isHeld(counter.check)) continue;
      const opensAtMs = opening(counter, step.costs[i]!, t, commonAtMs);
      if (opensAtMs !== Infinity) commonAtMs = opensAtMs;
    }
    if (commonAtMs === before || !step.program.calendar) break;
  }
  return commonAtMs - t.now;
}

/** The policy's word, else when the first holder's lifetime ends: somebody may well give back before. */
function hintOf(check: Check, bank: Bank, t: Instant): number {
  if (check.hintMs > 0) return check.hintMs;
  let freedAtMs = Infinity;
  for (const entries of bank.ledgers[check.record]?.entries.values() ?? []) {
    for (const { holdMs, untilMs } of entries) if (holdMs > 0) freedAtMs = Math.min(freedAtMs, untilMs);
  }
  return freedAtMs === Infinity ? DEFAULT_HINT_MS : freedAtMs - t.now;
}

function isHeld({ kind }: Check): boolean {
  return kind === 'concurrency' || kind === 'level';
}

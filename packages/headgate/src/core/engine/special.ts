import { Quota } from '../counters/quota.ts';
import { endOf, type Counter, type Instant } from '../counters/index.ts';
import { FIGURES, WAIT, type Outcome } from '../outcome.ts';
import { FOREVER, type Check, type Segment } from '../program.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { everPasses, passesAt, refusesNow } from './ladder.ts';
import { opensUnder } from './rescale.ts';
import { tally } from './reservations.ts';

/*
 * What only some checks need: amounts that change with time, shadows, attempts, and what waits to be freed.
 */

/** With nothing known about when something is given back, a second is a civil wait. In ms. */
const DEFAULT_HINT_MS = 1000;
/** Amounts that fall and rise can push the common instant on; more often than this they are not followed. */
const MAX_PASSES = 64;

/**
 * A request that costs nothing is let in whatever is left; only a block, whose room is -1 at no cost, stops it. What counts denials
 * refuses nothing.
 */
function refuses({ check }: Counter, cost: number, room: number): boolean {
  const need = needOf(check, cost);
  return need > room && (need !== 0 || check.kind === 'block');
}

function needOf({ atLeast, count }: Check, cost: number): number {
  if (count === 'denials') return 0;
  return cost > atLeast ? cost : atLeast;
}

/** The same, where something else may happen at 100 %. */
function refusesAtAll(counter: Counter, cost: number, room: number, t: Instant): boolean {
  const { check } = counter;
  return check.rungs.length === 0 ? refuses(counter, cost, room) : refusesNow(counter, needOf(check, cost), t);
}

export function enforces(counter: Counter, cost: number, room: number, t: Instant): boolean {
  return !counter.check.shadow && refusesAtAll(counter, cost, room, t);
}

/**
 * A shadow limit that would have refused notes it, and unless it counts attempts it charges nothing then: it counts
 * what it would have let in. What counts denials counts no admission. Expects the check's room in the figures, and its rung.
 */
export function charges(counter: Counter, step: Step, out: Outcome, i: number): boolean {
  const { count } = counter.check;
  if (count === 'denials') return false;
  if (!isShadowed(counter, step.costs[i]!, out, i)) return true;
  const waits = out.waits.length === 0 ? step.program.checks.map(() => WAIT.admits as number) : [...out.waits];
  waits[i] = WAIT.shadow;
  out.waits = waits;
  return count === 'attempts';
}

/** Whether it is let in although it would have been refused. */
function isShadowed(counter: Counter, cost: number, out: Outcome, i: number): boolean {
  const { shadow, rungs } = counter.check;
  const does = rungs[out.rungs[i] ?? -1]?.does;
  if (rungs.length > 0) return does === 'shadow' || (shadow && does === 'refuse');
  return shadow && refuses(counter, cost, out.figures[i * FIGURES]!);
}

/** One check alone: ms until it admits, or why there is no such instant. */
export function waitOf(counter: Counter, cost: number, room: number, t: Instant): number {
  const { check } = counter;
  if (!refusesAtAll(counter, cost, room, t)) return WAIT.admits;
  if (check.shadow) return WAIT.shadow;
  if (!everFits(counter, cost, t)) return WAIT.never;
  if (isHeld(check)) return WAIT.freed;
  return waitFor(counter, cost, t);
}

/** Ms until it admits, or never. */
export function waitFor(counter: Counter, cost: number, t: Instant): number {
  const opensAtMs = opening(counter, cost, t, t.now);
  return opensAtMs === Infinity ? WAIT.never : opensAtMs - t.now;
}

/** A denial is an attempt: its wait is told as it is after that. */
export function countAttempt(counter: Counter, step: Step, bank: Bank, t: Instant, out: Outcome, i: number): void {
  const cost = step.costs[i]!;
  const waits = out.waits as number[]; // Made by `deny`, for this step.
  const { check } = counter;
  if (check.count !== 'attempts' || cost === 0) return;
  counter.charge(t, cost, step.keys);
  tally(check, bank.ledgers[check.record], cost);
  const room = counter.room(t);
  out.figures[i * FIGURES] = Math.max(0, room);
  if (waits[i] !== WAIT.admits) waits[i] = waitOf(counter, cost, room, t);
}

/** Whether the amount in force, or one that is to come, could hold what is asked. */
function everFits(counter: Counter, cost: number, t: Instant): boolean {
  const { kind, segments, atLeast, rungs } = counter.check;
  const need = Math.max(cost, atLeast);
  const most = (segment: Segment): number => (counter instanceof Quota ? counter.most(t, segment) : segment.burst);
  const fits = (segment: Segment): boolean =>
    rungs.length === 0 ? need <= most(segment) : everPasses(counter, need, most(segment));
  return kind === 'block' || segments.some((segment) => endOf(segment, t.skewMs) > t.now && fits(segment));
}

/** First instant from `from` on at which this check alone admits the step; Infinity when no wait helps. */
function opening(counter: Counter, cost: number, t: Instant, from: number): number {
  const { segments, atLeast, kind, rungs } = counter.check;
  if (rungs.length > 0) return openingOn(counter, Math.max(cost, atLeast), t, from);
  const need = cost > atLeast ? cost : atLeast;
  if (need === 0 && kind !== 'block') return from;
  if (counter.segment.untilAtMs === FOREVER)
    return need > counter.segment.burst && kind !== 'quota'
      ? Infinity
      : opensUnder(counter, t, from, need, counter.segment);
  for (const segment of segments) {
    const untilMs = endOf(segment, t.skewMs);
    // A quota answers for the period that it holds, which may be a later one than the segment's.
    if (untilMs <= from || (need > segment.burst && kind !== 'quota')) continue;
    const opensAtMs = opensUnder(counter, t, Math.max(from, segment.fromAtMs + t.skewMs), need, segment);
    if (opensAtMs < untilMs) return opensAtMs;
  }
  // Not by the end of what is known: ask again then.
  return Math.max(from, endOf(segments.at(-1)!, t.skewMs));
}

/** The same for a check with rungs. */
function openingOn(counter: Counter, need: number, t: Instant, from: number): number {
  if (need === 0) return from;
  if (counter.segment.untilAtMs === FOREVER) return passesAt(counter, t, from, need, counter.segment);
  const { segments } = counter.check;
  for (const segment of segments) {
    const untilMs = endOf(segment, t.skewMs);
    if (untilMs <= from) continue;
    const opensAtMs = passesAt(counter, t, Math.max(from, segment.fromAtMs + t.skewMs), need, segment);
    if (opensAtMs < untilMs) return opensAtMs;
  }
  return Math.max(from, endOf(segments.at(-1)!, t.skewMs));
}

/**
 * Ms until every check that waits for time admits at once. Each answers for itself; where an amount falls in between, or
 * an attempt was counted, an answer may push another on, so they are asked until all agree. For what waits
 * to be freed, at least the hint.
 */
export function commonWait(step: Step, bank: Bank, t: Instant, out: Outcome): number {
  let commonAtMs = t.now;
  // Where amounts fall, or what is let in above one fill is refused below it, one that was open may close again.
  const mayClose = step.program.calendar || bank.counters.some(({ check: { rungs } }) => rungs.length > 1);
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const before = commonAtMs;
    bank.counters.forEach((counter, i) => {
      // What never opens is no instant to look at others from.
      const opens = commonAtMs !== Infinity && !counter.check.shadow && counter.check.count !== 'denials';
      if (!opens || isHeld(counter.check)) return;
      const opensAtMs = opening(counter, step.costs[i]!, t, commonAtMs);
      commonAtMs = Math.max(commonAtMs, opensAtMs);
    });
    if (commonAtMs === Infinity) return never(out);
    if (commonAtMs === before || !mayClose) break;
  }
  const hintMs = out.no === 'freed' ? hintOf(bank.counters[out.binding]!.check, bank, t) : 0;
  return Math.max(commonAtMs - t.now, hintMs);
}

/** Each of them opens alone, but never all at the same instant. */
function never(out: Outcome): number {
  out.no = 'never';
  return WAIT.never;
}

/** The policy's word, else when the first lifetime of this very counter's units ends: somebody may well give back before. */
export function hintOf(check: Check, bank: Bank, t: Instant): number {
  if (check.hintMs > 0) return check.hintMs;
  const endsAtMs = bank.ledgers[check.record]?.endsAtMs(check.limitId, check.slot);
  return endsAtMs === undefined ? DEFAULT_HINT_MS : endsAtMs - t.now;
}

function isHeld({ kind }: Check): boolean {
  return kind === 'concurrency' || kind === 'level';
}

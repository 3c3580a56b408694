import { blockBegin, blockedFor, charge, endOf, opensAt, resetIn, roomOf, type Counter, type Instant } from '../counters/index.ts';
import { FIGURES, noOf, WAIT, type No, type Outcome } from '../outcome.ts';
import type { Check } from '../program.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { refuses } from './decide.ts';

/** With nothing known about when something is given back, a second is a civil wait. In ms. */
const DEFAULT_HINT_MS = 1000;
/** Amounts that fall and rise can push the common instant on; more often than this they are not followed. */
const MAX_PASSES = 64;
const RANK: Readonly<Record<No, number>> = { none: 0, until: 1, freed: 2, never: 3 };

/**
 * Tells a denial. Only limits that count attempts are charged, and blocks that this denial triggers
 * begin; every other counter stays as it is. Expects each check's room in the figures.
 */
export function deny(step: Step, bank: Bank, instant: Instant, out: Outcome, charging: boolean): void {
  const { counters } = bank;
  const { figures } = out;
  const waits = new Array<number>(counters.length);
  out.allowed = false;
  for (let i = 0; i < counters.length; i++) {
    const { check } = counters[i]!;
    waits[i] = refuses(check.atLeast, step.costs[i]!, figures[i * FIGURES]!) ? 1 : WAIT.admits;
  }
  for (let i = 0; charging && i < counters.length; i++) react(counters[i]!, i, waits, step, instant);
  for (let i = 0; i < counters.length; i++) {
    const counter = counters[i]!;
    const room = counter.check.count === 'attempts' ? roomOf(counter, instant) : figures[i * FIGURES]!;
    figures[i * FIGURES] = room > 0 ? room : 0;
    figures[i * FIGURES + 1] = resetIn(counter, instant, keyOf(step, counter.check));
    if (waits[i] !== WAIT.admits) waits[i] = waitOf(counter, step.costs[i]!, instant);
  }
  out.waits = waits;
  combine(step, bank, instant, out);
}

/** What a denial does to a counter: one that counts attempts is charged, a block that it triggers begins. */
function react(counter: Counter, i: number, refused: number[], step: Step, instant: Instant): void {
  const { check } = counter;
  if (check.count === 'attempts' && step.costs[i] !== 0) charge(counter, instant, step.costs[i]!, keyOf(step, check));
  if (check.kind !== 'block' || check.trigger < 0) return;
  // A refusal by a block that runs already triggers nothing: trying does not lengthen it.
  if (refused[check.trigger] === WAIT.admits || refused[i] !== WAIT.admits) return;
  blockBegin(counter, instant.now);
  refused[i] = 1;
}

/** One refusing check alone: ms until it admits, or why there is no such instant. */
function waitOf(counter: Counter, cost: number, instant: Instant): number {
  if (counter.check.shadow) return WAIT.shadow;
  const opensAtMs = opening(counter, cost, instant, instant.now);
  if (opensAtMs === Infinity) return WAIT.never;
  return isHeld(counter.check) ? WAIT.freed : opensAtMs - instant.now;
}

/** First instant from `from` on at which this check alone admits the step; Infinity when no wait helps. */
function opening(counter: Counter, cost: number, { now, skewMs }: Instant, from: number): number {
  const { check } = counter;
  if (check.kind === 'block') return Math.max(from, now + blockedFor(counter, now));
  const need = Math.max(cost, check.atLeast);
  if (need === 0) return from;
  if (check.segments.length === 1) return opensAt(counter, counter.segment, from, skewMs, need);
  return openingOver(counter, need, skewMs, from);
}

/** The same, where the amount changes with time. */
function openingOver(counter: Counter, need: number, skewMs: number, from: number): number {
  const { segments } = counter.check;
  for (const segment of segments) {
    const untilMs = endOf(segment, skewMs);
    if (untilMs <= from) continue;
    const opensAtMs = opensAt(counter, segment, Math.max(from, segment.fromAtMs + skewMs), skewMs, need);
    if (opensAtMs < untilMs) return opensAtMs;
  }
  // It fits an amount that is known, only not by the end of what is known: ask again then.
  const fits = segments.some(({ burst }) => need <= burst);
  return fits ? Math.max(from, endOf(segments.at(-1)!, skewMs)) : Infinity;
}

/** Binding: never > when freed > until; within until, the longest wait; ties by order. */
function combine(step: Step, bank: Bank, instant: Instant, out: Outcome): void {
  let longest = 0;
  for (let i = 0; i < out.waits.length; i++) {
    const wait = out.waits[i]!;
    const no = noOf(wait);
    if (RANK[no] < RANK[out.no] || no === 'none') continue;
    if (no === out.no && wait <= longest) continue;
    out.no = no;
    out.binding = i;
    longest = wait;
  }
  out.retryAfterMs = out.no === 'never' ? -1 : commonWait(step, bank, instant);
  if (out.no !== 'freed') return;
  out.retryAfterMs = Math.max(out.retryAfterMs, hintOf(bank.counters[out.binding]!.check, bank, instant));
}

/**
 * Ms until every check that waits for time admits at once. Each answers for itself; where an
 * amount falls in between, an answer may push another on, so they are asked until all agree.
 */
function commonWait(step: Step, { counters }: Bank, instant: Instant): number {
  let commonAtMs = instant.now;
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const before = commonAtMs;
    for (let i = 0; i < counters.length; i++) {
      const counter = counters[i]!;
      if (counter.check.shadow || isHeld(counter.check)) continue;
      const opensAtMs = opening(counter, step.costs[i]!, instant, commonAtMs);
      if (opensAtMs !== Infinity) commonAtMs = opensAtMs;
    }
    if (commonAtMs === before || !step.program.calendar) break;
  }
  return commonAtMs - instant.now;
}

function hintOf(check: Check, bank: Bank, instant: Instant): number {
  if (check.hintMs > 0) return check.hintMs;
  const nextMs = bank.ledgers[check.record]?.nextMs ?? Infinity;
  return nextMs === Infinity ? DEFAULT_HINT_MS : Math.max(1, nextMs - instant.now);
}

function isHeld(check: Check): boolean {
  return check.kind === 'concurrency' || check.kind === 'level';
}

function keyOf(step: Step, check: Check): string {
  return check.record < 0 ? '' : step.keys[check.record]!;
}

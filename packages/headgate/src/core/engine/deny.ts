import { blockBegin, blockedFor, charge, opensAt, resetIn, roomOf, type Instant } from '../counters/index.ts';
import { FIGURES, type Outcome } from '../outcome.ts';
import type { Check } from '../program.ts';
import type { Step } from '../store.ts';
import { endOf, segmentAt, type Bank } from './bank.ts';

/** With nothing known about when something is given back, a second is a civil wait. In ms. */
const DEFAULT_HINT_MS = 1000;
/** Amounts that fall and rise can push the common instant on; more often than this they are not followed. */
const MAX_PASSES = 64;

/**
 * Tells a denial. Only limits that count attempts are charged, and blocks that this denial triggers
 * begin; every other counter stays as it is.
 */
export function deny(step: Step, bank: Bank, instant: Instant, out: Outcome, charging: boolean): void {
  out.allowed = false;
  if (charging) {
    chargeAttempts(step, bank, instant);
    beginBlocks(step, bank, instant, out);
  }
  figure(step, bank, instant, out);
  combine(step, bank, instant, out);
}

function chargeAttempts(step: Step, bank: Bank, instant: Instant): void {
  step.program.checks.forEach((check, i) => {
    if (check.count !== 'attempts' || step.costs[i] === 0) return;
    const segment = segmentAt(check, instant.wall);
    charge(check, segment, bank.cells[i]!, bank.at[i]!, instant, step.costs[i]!, step.keys[check.record] ?? '');
  });
}

/** A refusal by a block that runs already triggers nothing: trying does not lengthen it. */
function beginBlocks(step: Step, bank: Bank, instant: Instant, out: Outcome): void {
  const { checks } = step.program;
  checks.forEach((check, i) => {
    if (check.kind !== 'block' || check.trigger < 0) return;
    const triggered = out.figures[check.trigger * FIGURES + 2] !== 0;
    if (!triggered || blockedFor(check, bank.cells[i]!, bank.at[i]!, instant.now) > 0) return;
    blockBegin(check, bank.cells[i]!, bank.at[i]!, instant.now);
    out.figures[i * FIGURES + 2] = 1;
  });
}

/** Replaces the marks of `judge` by figures: what remains, when it resets, how long each refusal lasts. */
function figure(step: Step, bank: Bank, instant: Instant, out: Outcome): void {
  const { figures } = out;
  step.program.checks.forEach((check, i) => {
    const cells = bank.cells[i]!;
    const at = bank.at[i]!;
    const segment = segmentAt(check, instant.wall);
    const refuses = figures[i * FIGURES + 2] !== 0;
    const room = check.kind === 'block' && refuses ? 0 : roomOf(check, segment, cells, at, instant);
    figures[i * FIGURES] = Math.max(0, room);
    figures[i * FIGURES + 1] = resetIn(check, segment, cells, at, instant, step.keys[check.record] ?? '');
    figures[i * FIGURES + 2] = refuses ? waitOf(check, i, step, bank, instant) : 0;
  });
}

/** One refusing check alone: ms until it admits, -1 never, -2 when somebody gives back. */
function waitOf(check: Check, i: number, step: Step, bank: Bank, instant: Instant): number {
  const opensAtMs = opening(check, i, step, bank, instant, instant.now);
  if (opensAtMs === Infinity) return -1;
  return check.kind === 'concurrency' || check.kind === 'level' ? -2 : opensAtMs - instant.now;
}

/** First instant from `from` on at which this check alone admits the step; Infinity when no wait helps. */
function opening(check: Check, i: number, step: Step, bank: Bank, { now, skewMs }: Instant, from: number): number {
  const cells = bank.cells[i]!;
  const at = bank.at[i]!;
  if (check.kind === 'block') return Math.max(from, now + blockedFor(check, cells, at, now));
  const need = Math.max(step.costs[i]!, check.atLeast);
  if (need === 0) return from;
  let everFits = false;
  for (const segment of check.segments) {
    const untilMs = endOf(segment, skewMs);
    if (untilMs <= from) continue;
    everFits ||= need <= segment.burst;
    const opensAtMs = opensAt(check, segment, cells, at, Math.max(from, segment.fromAtMs + skewMs), skewMs, need);
    if (opensAtMs < untilMs) return opensAtMs;
  }
  // It fits an amount that is known, only not by the end of what is known: ask again then.
  if (!everFits) return Infinity;
  const lastEndsAtMs = endOf(check.segments.at(-1)!, skewMs);
  return lastEndsAtMs === Infinity ? from : lastEndsAtMs;
}

/** Binding: never > when freed > until; within until, the longest wait; ties by order. */
function combine(step: Step, bank: Bank, instant: Instant, out: Outcome): void {
  const { checks } = step.program;
  let longest = 0;
  checks.forEach((check, i) => {
    const waitMs = out.figures[i * FIGURES + 2]!;
    if (waitMs === 0 || check.shadow) return;
    const no = waitMs === -1 ? 'never' : waitMs === -2 ? 'freed' : 'until';
    const stronger = RANK[no] > RANK[out.no] || (no === 'until' && out.no === 'until' && waitMs > longest);
    if (!stronger) return;
    out.no = no;
    out.binding = i;
    longest = waitMs;
  });
  if (out.no === 'never') out.retryAfterMs = -1;
  else out.retryAfterMs = Math.max(commonWait(step, bank, instant), out.no === 'freed' ? hintOf(checks[out.binding]!, bank, instant) : 0);
}

const RANK = { none: 0, until: 1, freed: 2, never: 3 } as const;

/**
 * Ms until every check that waits for time admits at once. Each answers for itself; where an
 * amount falls in between, an answer may push another on, so they are asked until all agree.
 */
function commonWait(step: Step, bank: Bank, instant: Instant): number {
  const { checks } = step.program;
  let commonAtMs = instant.now;
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const before = commonAtMs;
    checks.forEach((check, i) => {
      if (check.shadow || check.kind === 'concurrency' || check.kind === 'level') return;
      const opensAtMs = opening(check, i, step, bank, instant, commonAtMs);
      if (opensAtMs !== Infinity) commonAtMs = opensAtMs;
    });
    if (commonAtMs === before) break;
  }
  return commonAtMs - instant.now;
}

function hintOf(check: Check, bank: Bank, instant: Instant): number {
  if (check.hintMs > 0) return check.hintMs;
  const nextMs = bank.ledgers[check.record]?.nextMs ?? Infinity;
  return nextMs === Infinity ? DEFAULT_HINT_MS : Math.max(1, nextMs - instant.now);
}

import { Bucket } from '../counters/bucket.ts';
import type { Counter, Instant } from '../counters/index.ts';
import { Quota } from '../counters/quota.ts';
import { FIGURES, type Outcome } from '../outcome.ts';
import { partOf } from '../build.ts';
import type { Segment } from '../program.ts';
import { opensUnder } from './rescale.ts';

/*
 * Limits at which something else happens than a refusal at 100 %: the highest fill that a request would pass decides.
 */

/** Units that are 100 % under `segment`; under the one in force, of now. */
function wholeOf(counter: Counter, t: Instant, segment: Segment): number {
  return counter instanceof Quota ? counter.whole(t, segment) : segment.burst;
}

/** Units that count now, the counter's room having been asked of this instant. */
function usedOf(counter: Counter, t: Instant): number {
  return counter instanceof Bucket ? counter.used() : wholeOf(counter, t, counter.segment) - counter.room(t);
}

/** The rung that decides when `need` units are asked for; -1 when it passes none. */
export function rungOf(counter: Counter, need: number, t: Instant): number {
  const { rungs } = counter.check;
  if (need === 0) return -1;
  const wouldBe = usedOf(counter, t) + need;
  const whole = wholeOf(counter, t, counter.segment);
  let i = rungs.length - 1;
  while (i >= 0 && wouldBe <= partOf(whole, rungs[i]!.permille)) i--;
  return i;
}

/** Whether what is between two fills is refused. */
function refusesAt({ check: { rungs } }: Counter, i: number): boolean {
  return i >= 0 && rungs[i]!.does === 'refuse';
}

export function refusesNow(counter: Counter, need: number, t: Instant): boolean {
  return refusesAt(counter, rungOf(counter, need, t));
}

/** The most that may be used with a request which passes rung `i` and no higher one. */
function topOf({ check: { rungs } }: Counter, i: number, whole: number): number {
  return i === rungs.length - 1 ? Infinity : partOf(whole, rungs[i + 1]!.permille);
}

/** Whether `need` units are let in anywhere under a whole of so many. */
export function everPasses(counter: Counter, need: number, whole: number): boolean {
  for (let i = counter.check.rungs.length - 1; i >= -1; i--) {
    // Two fills may be the same number of units: then nothing is between them.
    const least = i < 0 ? need : Math.max(need, partOf(whole, counter.check.rungs[i]!.permille) + 1);
    if (!refusesAt(counter, i) && least <= topOf(counter, i, whole)) return true;
  }
  return false;
}

/**
 * First instant from `from` on, all of it under `segment`, at which `need` units are let in. Nobody else coming, what is used only
 * falls: from fill to fill, until it stands where a request is let in.
 */
export function passesAt(counter: Counter, t: Instant, from: number, need: number, segment: Segment): number {
  // Grants end in between.
  const whole = wholeOf(counter, { ...t, now: from, wall: from - t.skewMs }, segment);
  let leavesAtMs = from;
  for (let i = counter.check.rungs.length - 1; i >= -1; i--) {
    const entersAtMs = leavesAtMs;
    leavesAtMs =
      i < 0
        ? Infinity
        : fallsTo(counter, t, from, need, segment, { whole, most: partOf(whole, counter.check.rungs[i]!.permille) });
    if (!refusesAt(counter, i) && entersAtMs < leavesAtMs) return entersAtMs;
  }
  return Infinity;
}

/** First instant at which `need` more would be no more than `most`. */
function fallsTo(
  counter: Counter,
  t: Instant,
  from: number,
  need: number,
  segment: Segment,
  { whole, most }: { readonly whole: number; readonly most: number },
): number {
  return need > most ? Infinity : opensUnder(counter, t, from, need + whole - most, segment);
}

/** What is left of the whole, and of the lowest fill that refuses. */
export function leftOf(counter: Counter, t: Instant): number {
  const { rungs } = counter.check;
  const whole = wholeOf(counter, t, counter.segment);
  const refusing = rungs.find(({ does }) => does === 'refuse');
  const most = refusing === undefined ? whole : Math.min(whole, partOf(whole, refusing.permille));
  return Math.max(0, most - usedOf(counter, t));
}

/**
 * What remains is 0 where more counts than the amount: a settlement, a correction or a smaller amount may leave a counter there. Of what
 * lasts it is told how much counts, so that nobody reads the amount in its place. A rate's window is over by itself. Where there are rungs it is
 * told in any case.
 */
export function tellBeyond(counter: Counter, t: Instant, out: Outcome, i: number): 0 {
  const { check, counts, rate } = counter;
  if (check.rungs.length > 0 || (counts && !rate && counter.room(t) < 0))
    out.used = noted(out.used, i, usedOf(counter, t), out.figures.length / FIGURES, -1);
  return 0;
}

/** Writes down a number of check `i`, where few checks have any. */
export function noted(
  list: readonly number[],
  i: number,
  value: number,
  checks: number,
  none: number,
): readonly number[] {
  const made = list.length > 0 ? (list as number[]) : new Array<number>(checks).fill(none); // Made here, for this step.
  made[i] = value;
  return made;
}

/** Says which rung decided. */
export function tellRung(out: Outcome, i: number, rung: number): void {
  out.rungs = noted(out.rungs, i, rung, out.figures.length / FIGURES, -1);
}

import { FOREVER, WAIT } from '../../core/index.ts';
import type { Judged } from './judged.ts';
import { at, fromNowOn, monotonicOf, type Moment } from './moment.ts';

/** Nothing is searched for further than this from now: about 280,000 years, in ms. */
const HORIZON_MS = 2 ** 53;

/** Why a check that refuses refuses, as {@link WAIT} has it, or ms until it alone admits. */
export function waitOf(judged: Judged, moment: Moment): number {
  const { check } = judged;
  if (check.shadow) return WAIT.shadow;
  if (!judged.everFits(moment)) return WAIT.never;
  if (check.kind === 'concurrency' || check.kind === 'level') return WAIT.freed;
  return waitUntilOpen(judged, moment);
}

/** Ms until it admits. */
export function waitUntilOpen(judged: Judged, moment: Moment): number {
  const opensAtMs = opensAt(judged, moment, moment.nowMs);
  return opensAtMs === undefined ? WAIT.never : opensAtMs - moment.nowMs;
}

/**
 * First instant from `fromMs` on at which all of them admit at once, nobody else coming; undefined when none is
 * found: one after another is asked until nobody pushes the instant on.
 */
export function allOpenAt(all: readonly Judged[], moment: Moment): number | undefined {
  let instantMs = moment.nowMs;
  for (;;) {
    const opens = all.map((judged) => opensAt(judged, moment, instantMs));
    if (opens.includes(undefined)) return undefined;
    const latestMs = Math.max(instantMs, ...opens.map((ms) => ms!));
    if (latestMs === instantMs) return instantMs;
    instantMs = latestMs;
  }
}

/** First instant from `fromMs` on at which the check alone admits. Past the last amount that is known, it is to be asked again. */
function opensAt(judged: Judged, moment: Moment, fromMs: number): number | undefined {
  const endOfKnownMs = monotonicOf(judged.check.segments.at(-1)!.untilAtMs, moment);
  for (const segment of fromNowOn(judged.check, moment)) {
    const beginsAtMs = Math.max(fromMs, monotonicOf(segment.fromAtMs, moment));
    const endsAtMs = segment.untilAtMs >= FOREVER ? HORIZON_MS : monotonicOf(segment.untilAtMs, moment);
    const found = beginsAtMs < endsAtMs ? firstAdmitted(judged, moment, beginsAtMs, endsAtMs) : undefined;
    if (found !== undefined) return found;
  }
  return endOfKnownMs === Infinity ? undefined : Math.max(fromMs, endOfKnownMs);
}

/**
 * Within one segment, with nobody coming, what is used only falls: a request may be let in from its beginning on, or where it falls to
 * a fill.
 */
function firstAdmitted(judged: Judged, moment: Moment, beginsAtMs: number, endsAtMs: number): number | undefined {
  if (!judged.refusesAt(at(moment, beginsAtMs))) return beginsAtMs;
  if (judged.fills.length === 0) return firstInstant((ms) => !judged.refusesAt(at(moment, ms)), beginsAtMs, endsAtMs);
  const falls = judged.fills.map((fill) =>
    firstInstant((ms) => judged.isBelow(fill, at(moment, ms)), beginsAtMs, endsAtMs),
  );
  const admitting = falls.filter((ms) => ms !== undefined && !judged.refusesAt(at(moment, ms))) as number[];
  return admitting.length === 0 ? undefined : Math.min(...admitting);
}

/** The first instant at which what never ends once it holds does hold: found by halving. */
function firstInstant(holds: (ms: number) => boolean, beginsAtMs: number, endsAtMs: number): number | undefined {
  if (holds(beginsAtMs)) return beginsAtMs;
  let step = 1;
  while (beginsAtMs + step < endsAtMs && !holds(beginsAtMs + step)) step *= 2;
  let low = beginsAtMs + Math.floor(step / 2);
  let high = Math.min(beginsAtMs + step, endsAtMs);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high < endsAtMs ? high : undefined;
}

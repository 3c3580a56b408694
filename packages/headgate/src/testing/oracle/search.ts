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

/** Within one segment, with nobody coming, room only grows: so the first instant is found by halving. */
function firstAdmitted(judged: Judged, moment: Moment, beginsAtMs: number, endsAtMs: number): number | undefined {
  const admits = (ms: number): boolean => !judged.refusesAt(at(moment, ms));
  if (admits(beginsAtMs)) return beginsAtMs;
  let step = 1;
  while (beginsAtMs + step < endsAtMs && !admits(beginsAtMs + step)) step *= 2;
  let low = beginsAtMs + Math.floor(step / 2);
  let high = Math.min(beginsAtMs + step, endsAtMs);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (admits(middle)) high = middle;
    else low = middle;
  }
  return high < endsAtMs ? high : undefined;
}

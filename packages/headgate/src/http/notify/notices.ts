import { FIGURES, type Check } from '../../core/index.ts';
import { TwoGenerations, type Channel, type PlannedLimit, type Subject, type SurveyAsk } from '../../profile/index.ts';
import type { Standing } from '../decide.ts';
import type { GuardedMemos } from '../failing/memos.ts';
import { fillOf, permilleOf, type Fill } from '../fill.ts';
import { upon } from '../soon.ts';
import { toldBefore } from './told-before.ts';

/**
 * A limit that is used so far. Told once a period or window, counter and fill; again where this process forgot, or was started anew, unless it is a quota whose
 * store lasts, or is shared.
 */
export interface Notice {
  readonly limit: string;
  /** 80: four fifths of the amount, or more. */
  readonly percent: number;
  /** With the request that reached it. In what people read: dollars, not millionths. */
  readonly used: number;
  readonly amount: number;
  readonly unit: string;
  /** First instant of the period or window, in ms since the epoch; where there is none, of this telling. */
  readonly periodAtMs: number;
  /** Salted hash of the subject. */
  readonly subject: string;
  readonly channel: Channel;
}

export type OnNotice = (notice: Notice, subject: Subject) => void;

/** Counters of which it is remembered what was told, half of them from the last generation. */
const MAX_COUNTERS = 50_000;
/** What has no window is told of once in so long. In ms. */
const WINDOWLESS_MS = 3_600_000;

interface Told {
  readonly periodAtMs: number;
  /** Of what has no period that is known by its beginning: until when nothing is told again. */
  readonly untilMs: number;
  readonly permille: number;
}

/** Tells channels of fills that a decision reaches, or that one has shown since. */
export function createNotices(
  onNotice: OnNotice,
  subjectOf: (subject: Subject) => string,
  memos: GuardedMemos | undefined,
): (ask: SurveyAsk, decided: Standing) => void {
  const told = new TwoGenerations<string, Told>(MAX_COUNTERS);

  /** The highest fill that was told of in this window. */
  function reachedBefore(counter: string, span: Span): number {
    const before = told.get(counter);
    if (before === undefined) return 0;
    const isSame = span.isKnown ? before.periodAtMs === span.atMs : span.nowMs < before.untilMs;
    return isSame ? before.permille : 0;
  }

  function look(ask: SurveyAsk, decided: Standing, i: number, limit: PlannedLimit): void {
    const check = decided.plan.program.checks[i];
    if (check === undefined || decided.outcome === undefined) return;
    const fill = fillOf(decided, i, limit);
    const permille = permilleOf(fill);
    if (permille === 0) return;
    const counter = `${check.limitId} ${check.slot} ${decided.plan.keys[check.record] ?? subjectOf(ask.subject)}`;
    const span = spanOf(check, decided, i, ask.nowMs);
    const reached = reachedBefore(counter, span);
    if (permille <= reached) return;
    const since = told.get(counter);
    const untilMs = reached > 0 && since !== undefined ? since.untilMs : ask.nowMs + span.lengthMs;
    told.set(counter, { periodAtMs: span.atMs, untilMs, permille });
    if (!isDue(limit, reached, permille)) return;
    const before =
      span.leftMs === undefined
        ? 0
        : toldBefore(memos, { counter, periodAtMs: span.atMs, leftMs: span.leftMs, permille });
    void upon(before, (most) => tell(limit, fill, span, Math.max(reached, most), permille, ask.subject));
  }

  function tell(
    limit: PlannedLimit,
    fill: Fill,
    span: Span,
    reached: number,
    permille: number,
    subject: Subject,
  ): void {
    const scale = 10 ** limit.precision;
    const { name, unit } = limit;
    const rest = {
      used: fill.wouldBe / scale,
      amount: fill.whole / scale,
      unit,
      periodAtMs: span.atMs,
      subject: subjectOf(subject),
    };
    for (const notice of limit.ladder?.tells ?? []) {
      if (notice.action.is !== 'notify' || !isBetween(notice.permille, reached, permille)) continue;
      for (const channel of notice.action.channels)
        onNotice({ limit: name, percent: notice.permille / 10, ...rest, channel }, subject);
    }
  }

  return (ask, decided) => {
    for (const [i, limit] of decided.plan.limits.entries())
      if (limit.ladder?.tells.some(({ action }) => action.is === 'notify') === true) look(ask, decided, i, limit);
  };
}

function isDue({ ladder }: PlannedLimit, reached: number, permille: number): boolean {
  return ladder?.tells.some((one) => one.action.is === 'notify' && isBetween(one.permille, reached, permille)) === true;
}

function isBetween(permille: number, reached: number, now: number): boolean {
  return permille > reached && permille <= now;
}

/** A period or window in which a fill is told of once. */
interface Span {
  readonly nowMs: number;
  readonly atMs: number;
  /** Whether its beginning is known, and so tells it apart from the next. */
  readonly isKnown: boolean;
  readonly lengthMs: number;
  /** Of a quota: until its period is over; Infinity: it never is. */
  readonly leftMs?: number;
}

function spanOf(check: Check, { outcome }: Standing, i: number, nowMs: number): Span {
  const resetInMs = outcome?.figures[i * FIGURES + 1] ?? -1;
  if (check.kind === 'quota') {
    const leftMs = resetInMs > 0 ? resetInMs : Infinity;
    return { nowMs, atMs: periodOf(check, nowMs), isKnown: true, lengthMs: 0, leftMs };
  }
  const lengthMs = check.windowMs > 0 ? check.windowMs : WINDOWLESS_MS;
  // A fixed window that runs is known by its end.
  if (check.kind === 'fixed' && resetInMs > 0)
    return { nowMs, atMs: Math.round((outcome?.nowMs ?? 0) + resetInMs - lengthMs), isKnown: true, lengthMs };
  return { nowMs, atMs: nowMs, isKnown: false, lengthMs };
}

function periodOf({ segments }: Check, wallMs: number): number {
  return segments.find(({ fromAtMs, untilAtMs }) => fromAtMs <= wallMs && wallMs < untilAtMs)?.periodAtMs ?? 0;
}

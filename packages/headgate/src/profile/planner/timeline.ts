import { FOREVER, FREE, segmentOf, type Segment } from '../../core/index.ts';
import type { Span } from '../calendar/index.ts';
import { isCalendar } from './figures.ts';
import { inForce, type Matched } from './overrides.ts';
import type { Row, Situation } from './situation.ts';
import { spanText } from './layout.ts';
import type { Override } from '../compiled.ts';

/** Changes that are looked ahead: a wait over more of them is told as far as they are known. */
const MAX_AHEAD = 32;
/** So many where the longest span that is counted over is not covered by then. */
const MAX_AHEAD_OF_SPAN = 160;
/** Changes that are looked back on: what a bucket filled with before them counts as filled with as then. */
const MAX_BEHIND = 32;

/** A span of time in which nothing changes but calendars. */
export interface Interval extends Span {
  readonly situation: Situation;
}

/** An amount that holds for a while. */
interface Piece extends Span {
  readonly units: number;
  readonly burst: number;
}

/** What a subject's overrides make of time: the interval that holds now comes first of those that are coming. */
export interface Timeline {
  /** In order; only where a limit of the policy asks for it. */
  readonly past: readonly Interval[];
  readonly coming: readonly Interval[];
}

/** What applies under these overrides at an instant, and for how long nothing that was read of time changes. */
type IntervalAt = (active: readonly Override[], atMs: number, isPresent: boolean) => Interval;

/** Spans in which neither a subject's overrides change nor what figures read of time, around `nowMs`. */
export function timelineOf(matched: Matched, nowMs: number, looksBack: boolean, at: IntervalAt): Timeline {
  const { boundaries } = matched;
  const intervalAt = (atMs: number, isPresent: boolean): Interval => {
    const { situation, fromAtMs, untilAtMs } = at(inForce(matched, atMs), atMs, isPresent);
    return {
      situation,
      fromAtMs: Math.max(fromAtMs, boundaries.findLast((edge) => edge <= atMs) ?? 0),
      untilAtMs: Math.min(untilAtMs, boundaries.find((edge) => edge > atMs) ?? FOREVER),
    };
  };
  const present = intervalAt(nowMs, true);
  const coming = [present];
  for (let last = present; last.untilAtMs < FOREVER && isWorthMore(coming, last, nowMs); coming.push(last))
    last = { ...intervalAt(last.untilAtMs, false), fromAtMs: last.untilAtMs };
  const past: Interval[] = [];
  const most = looksBack ? MAX_BEHIND : 0;
  for (let first = present; first.fromAtMs > 0 && past.length < most; past.unshift(first))
    first = { ...intervalAt(first.fromAtMs - 1, false), untilAtMs: first.fromAtMs };
  return { past, coming };
}

function isWorthMore(coming: readonly Interval[], { fromAtMs }: Interval, nowMs: number): boolean {
  if (coming.length < MAX_AHEAD) return true;
  return coming.length < MAX_AHEAD_OF_SPAN && fromAtMs - nowMs < longestOf(coming[0]);
}

/** The longest window or period that is counted over now; years and ever would be too much to look ahead. In ms. */
function longestOf(present: Interval | undefined): number {
  const spans = (present?.situation.rows ?? []).map(({ figure: { windowMs = 0, period } }) =>
    period === 'month' ? MONTH_MS : period === 'week' ? WEEK_MS : windowMs,
  );
  return Math.max(0, ...spans);
}

const WEEK_MS = 8 * 86_400_000;
const MONTH_MS = 32 * 86_400_000;

/** The segments of one limit: its amounts over the coming intervals, and for a quota over its periods. */
export function segmentsOf(row: Row, { past, coming }: Timeline, periods: readonly Period[]): readonly Segment[] {
  const { kind } = row.layout;
  // A bucket fills at the rate of each moment since its last charge; every other kind counts by what holds now.
  const pieces = piecesOf(row, kind === 'bucket' ? [...sameBefore(row, past), ...coming] : coming);
  if (kind !== 'quota') return pieces.map((piece) => segment(row, piece, piece, 0));
  return periods.flatMap((period) =>
    pieces
      .filter((piece) => overlaps(piece, period))
      .map((piece) => segment(row, piece, overlap(piece, period), period.periodAtMs, period.carriedUntilAtMs)),
  );
}

function segment(
  { layout, figure, carried }: Row,
  { units, burst }: Piece,
  { fromAtMs, untilAtMs }: Span,
  periodAtMs: number,
  carriedUntilAtMs = 0,
): Segment {
  // While it does not apply, a bucket fills in no time.
  const windowMs = units === FREE ? 1 : (figure.windowMs ?? 0);
  const made = segmentOf({ kind: layout.kind, amount: units, burst, windowMs, fromAtMs, untilAtMs, periodAtMs });
  return carriedUntilAtMs > 0 ? { ...made, rollover: { upTo: carried, untilAtMs: carriedUntilAtMs } } : made;
}

function overlaps(a: Span, b: Span): boolean {
  return a.fromAtMs < b.untilAtMs && b.fromAtMs < a.untilAtMs;
}

function overlap(a: Span, b: Span): Span {
  return { fromAtMs: Math.max(a.fromAtMs, b.fromAtMs), untilAtMs: Math.min(a.untilAtMs, b.untilAtMs) };
}

/**
 * What the limit amounts to from now on. Where it does not apply, nothing is too much. Where it
 * is another counter (another window, another partition) its amount cannot be foreseen, and the last one is
 * taken to go on: a wait may then be told too long, never too short.
 */
function piecesOf(row: Row, intervals: readonly Interval[]): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const { fromAtMs, untilAtMs, situation } of intervals) {
    const here = situation.rows.find(({ layout }) => layout === row.layout);
    if (here === undefined ? situation.refused !== undefined : !isSameCounter(here, row)) return prolonged(pieces);
    const last = pieces.at(-1);
    const [units, burst] = here === undefined ? [FREE, FREE] : [here.figure.units, here.burst];
    if (last?.units === units && last.burst === burst) pieces[pieces.length - 1] = { ...last, untilAtMs };
    else pieces.push({ fromAtMs, untilAtMs, units, burst });
  }
  return pieces;
}

/** The part of the past, up to now, in which it was this counter already. */
function sameBefore(row: Row, past: readonly Interval[]): readonly Interval[] {
  const other = past.findLastIndex(({ situation }) => {
    const there = situation.rows.find(({ layout }) => layout === row.layout);
    return there === undefined ? situation.refused !== undefined : !isSameCounter(there, row);
  });
  return past.slice(other + 1);
}

/** The last amount goes on, after a time without any too. */
function prolonged(pieces: readonly Piece[]): readonly Piece[] {
  const [last, lastReal] = [pieces.at(-1), pieces.findLast(({ units }) => units !== FREE)];
  if (last === undefined || lastReal === undefined) return pieces;
  if (last === lastReal) return [...pieces.slice(0, -1), { ...last, untilAtMs: FOREVER }];
  return [...pieces, { ...lastReal, fromAtMs: last.untilAtMs, untilAtMs: FOREVER }];
}

function isSameCounter(a: Row, b: Row): boolean {
  const isOther = a.layout.limit.onChange === 'reset' && (a.figure.units !== b.figure.units || a.burst !== b.burst);
  return !isOther && a.partition === b.partition && spanText(a.figure) === spanText(b.figure);
}

/** A span in which a quota counts, and what it is known by. */
interface Period extends Span {
  readonly periodAtMs: number;
  /** The end of the last period in which what it leaves counts; 0 where nothing is carried on. */
  readonly carriedUntilAtMs: number;
}

/** Of openings, the closed time between two is told as one more. */
const SPANS_KNOWN = { calendar: 2, schedule: 3 };

/**
 * This period, the next, and all that follow as one: whoever waits finds each of them empty. It is known by no beginning that
 * a period has, so that nothing that was charged is ever looked for in it.
 */
export function periodsOf(
  { figure: { period }, layout: { limit } }: Row,
  spanAt: (atMs: number) => Span,
  nowMs: number,
): readonly Period[] {
  if (period === undefined) return [];
  const known = SPANS_KNOWN[isCalendar(period) ? 'calendar' : 'schedule'];
  const periods: Period[] = [];
  let atMs = nowMs;
  while (atMs < FOREVER && periods.length < known) {
    const { fromAtMs, untilAtMs } = spanAt(atMs);
    const carriedUntilAtMs = endAfter(limit.rollover?.periods ?? 0, untilAtMs, spanAt);
    periods.push({ fromAtMs, untilAtMs, periodAtMs: fromAtMs, carriedUntilAtMs });
    atMs = untilAtMs;
  }
  const rest = { fromAtMs: atMs, untilAtMs: FOREVER, periodAtMs: FOREVER, carriedUntilAtMs: 0 };
  return atMs >= FOREVER ? periods : [...periods, rest];
}

/** The end of the last of so many periods that follow; 0 for none. */
function endAfter(periods: number, untilAtMs: number, spanAt: (atMs: number) => Span): number {
  let endAtMs = periods === 0 ? 0 : untilAtMs;
  for (let i = 0; i < periods && endAtMs < FOREVER; i++) endAtMs = spanAt(endAtMs).untilAtMs;
  return endAtMs;
}

import { FOREVER, segmentOf, type Segment } from '../../core/index.ts';
import { periodAt, type Calendar, type Span } from '../calendar/index.ts';
import { inForce, type Matched } from './overrides.ts';
import type { Row, Situation } from './situation.ts';
import { spanText } from './layout.ts';
import type { Override } from '../compiled.ts';

/** Changes by overrides that are looked ahead: a wait over more of them is told as far as they are known. */
const MAX_AHEAD = 32;

/** A span of time in which nothing changes but calendars. */
export interface Interval extends Span {
  readonly situation: Situation;
}

/** An amount that holds for a while. */
interface Piece extends Span {
  readonly units: number;
  readonly burst: number;
}

/** Spans between the boundaries of a subject's overrides: the one that holds `nowMs`, and those that follow. */
export function intervalsOf(
  matched: Matched,
  nowMs: number,
  situationAt: (active: readonly Override[], later: boolean) => Situation,
): readonly Interval[] {
  const { boundaries } = matched;
  const next = boundaries.findIndex((at) => at > nowMs);
  const upcoming = next === -1 ? [] : boundaries.slice(next);
  let fromAtMs = boundaries[(next === -1 ? boundaries.length : next) - 1] ?? 0;
  const intervals: Interval[] = [];
  for (const untilAtMs of [...upcoming, FOREVER].slice(0, MAX_AHEAD)) {
    const later = intervals.length > 0;
    intervals.push({ fromAtMs, untilAtMs, situation: situationAt(inForce(matched, later ? fromAtMs : nowMs), later) });
    fromAtMs = untilAtMs;
  }
  return intervals;
}

/** The segments of one limit: its amounts over the coming intervals, and for a quota over this period and the next. */
export function segmentsOf(row: Row, intervals: readonly Interval[], periods: readonly Span[]): readonly Segment[] {
  const { kind } = row.layout;
  const pieces = piecesOf(row, intervals);
  if (kind !== 'quota') return pieces.map((piece) => segment(row, piece, piece, 0));
  return periods.flatMap((period) =>
    pieces
      .filter((piece) => overlaps(piece, period))
      .map((piece) => segment(row, piece, overlap(piece, period), period.fromAtMs)),
  );
}

function segment(
  { layout, figure }: Row,
  { units, burst }: Piece,
  { fromAtMs, untilAtMs }: Span,
  periodAtMs: number,
): Segment {
  return segmentOf({
    kind: layout.kind,
    amount: units,
    burst,
    windowMs: figure.windowMs ?? 0,
    fromAtMs,
    untilAtMs,
    periodAtMs,
  });
}

function overlaps(a: Span, b: Span): boolean {
  return a.fromAtMs < b.untilAtMs && b.fromAtMs < a.untilAtMs;
}

function overlap(a: Span, b: Span): Span {
  return { fromAtMs: Math.max(a.fromAtMs, b.fromAtMs), untilAtMs: Math.min(a.untilAtMs, b.untilAtMs) };
}

/**
 * What the limit amounts to from now on. Where it is gone, the pieces end: whoever waits may come then. Where it
 * is another counter (another window, another partition) its amount cannot be foreseen, and the last one is
 * taken to go on: a wait may then be told too long, never too short.
 */
function piecesOf(row: Row, intervals: readonly Interval[]): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const { fromAtMs, untilAtMs, situation } of intervals) {
    const here = situation.rows.find(({ layout }) => layout === row.layout);
    if (here === undefined && situation.refused === undefined) return pieces;
    if (here === undefined || !isSameCounter(here, row)) return prolonged(pieces);
    const last = pieces.at(-1);
    const { figure, burst } = here;
    if (last?.units === figure.units && last.burst === burst) pieces[pieces.length - 1] = { ...last, untilAtMs };
    else pieces.push({ fromAtMs, untilAtMs, units: figure.units, burst });
  }
  return pieces;
}

function prolonged(pieces: readonly Piece[]): readonly Piece[] {
  return pieces.map((piece, i) => (i === pieces.length - 1 ? { ...piece, untilAtMs: FOREVER } : piece));
}

function isSameCounter(a: Row, b: Row): boolean {
  return a.partition === b.partition && spanText(a.figure) === spanText(b.figure);
}

/** This period and the next, so that a wait may end in the next. */
export function periodsOf({ figure }: Row, calendar: Calendar, nowMs: number): readonly Span[] {
  if (figure.period === undefined) return [];
  const current = periodAt(nowMs, figure.period, calendar);
  return current.untilAtMs >= FOREVER ? [current] : [current, periodAt(current.untilAtMs, figure.period, calendar)];
}

import { FOREVER, segmentOf, type Segment } from '../../core/index.ts';
import { periodAt, type Calendar, type Span } from '../calendar/index.ts';
import { inForce, type Matched } from './overrides.ts';
import type { Row, Situation } from './situation.ts';
import { spanText } from './layout.ts';
import type { Override } from '../compiled.ts';

/** Changes by overrides that are looked ahead: a wait over more of them is told as far as they are known. */
const MAX_AHEAD = 32;
/** Changes by overrides that are looked back on: what a bucket filled with before them counts as filled with as then. */
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

type SituationAt = (active: readonly Override[], present: boolean) => Situation;

/** Spans between the boundaries of a subject's overrides, around `nowMs`. */
export function timelineOf(matched: Matched, nowMs: number, situationAt: SituationAt, looksBack: boolean): Timeline {
  const edges = [0, ...matched.boundaries, FOREVER];
  const present = edges.findIndex((at) => at > nowMs) - 1;
  const intervalAt = (i: number): Interval => {
    const [fromAtMs = 0, untilAtMs = FOREVER] = [edges[i], edges[i + 1]];
    const isPresent = i === present;
    return { fromAtMs, untilAtMs, situation: situationAt(inForce(matched, isPresent ? nowMs : fromAtMs), isPresent) };
  };
  const span = (from: number, until: number): readonly Interval[] =>
    Array.from({ length: until - from }, (_, i) => intervalAt(from + i));
  const coming = span(present, Math.min(present + MAX_AHEAD, edges.length - 1));
  return { past: looksBack ? span(Math.max(0, present - MAX_BEHIND), present) : [], coming };
}

/** The segments of one limit: its amounts over the coming intervals, and for a quota over its periods. */
export function segmentsOf(row: Row, { past, coming }: Timeline, periods: readonly Period[]): readonly Segment[] {
  const { kind } = row.layout;
  // A bucket fills at the rate of each moment since its last charge; every other kind counts by what holds now.
  const pieces = piecesOf(row, kind === 'bucket' ? [...sameBefore(row, past), ...coming] : coming);
  if (kind !== 'quota') return pieces.map((piece) => segment(row, piece, piece, 0));
  return periods.flatMap((period) =>
    pieces
      .filter((piece) => overlaps(piece, period))
      .map((piece) => segment(row, piece, overlap(piece, period), period.periodAtMs)),
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

/** The part of the past, up to now, in which it was this counter already. */
function sameBefore(row: Row, past: readonly Interval[]): readonly Interval[] {
  const other = past.findLastIndex(({ situation }) => {
    const there = situation.rows.find(({ layout }) => layout === row.layout);
    return there === undefined || !isSameCounter(there, row);
  });
  return past.slice(other + 1);
}

function prolonged(pieces: readonly Piece[]): readonly Piece[] {
  return pieces.map((piece, i) => (i === pieces.length - 1 ? { ...piece, untilAtMs: FOREVER } : piece));
}

function isSameCounter(a: Row, b: Row): boolean {
  return a.partition === b.partition && spanText(a.figure) === spanText(b.figure);
}

/** A span in which a quota counts, and what it is known by. */
interface Period extends Span {
  readonly periodAtMs: number;
}

/**
 * This period, the next, and all that follow as one: whoever waits finds each of them empty. It is known by no beginning that
 * a period has, so that nothing that was charged is ever looked for in it.
 */
export function periodsOf({ figure }: Row, calendar: Calendar, nowMs: number): readonly Period[] {
  const { period } = figure;
  if (period === undefined) return [];
  const at = (ms: number): Period => {
    const span = periodAt(ms, period, calendar);
    return { ...span, periodAtMs: span.fromAtMs };
  };
  const current = at(nowMs);
  if (current.untilAtMs >= FOREVER) return [current];
  const next = at(current.untilAtMs);
  return [current, next, { fromAtMs: next.untilAtMs, untilAtMs: FOREVER, periodAtMs: FOREVER }];
}

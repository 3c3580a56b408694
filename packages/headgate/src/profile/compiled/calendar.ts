import type { Expr } from '../expression/expr.ts';

/** A calendar period; `ever` never ends. */
export type CalendarPeriod = 'day' | 'week' | 'month' | 'year' | 'ever';
/** What a quota counts over: a calendar period, or each opening of the schedule of this name. */
export type Period = CalendarPeriod | (string & {});

/** When something is open. Local times are read on a clock that is never set back: see `calendar/openings.ts`. */
export interface Schedule {
  /** IANA name, or an expression for one. */
  readonly zone: string | Expr;
  readonly spans: readonly ScheduleSpan[];
  /** Days, as numbers since 1970-01-01, on which none of the weekly spans begins. */
  readonly except: readonly number[];
}

/** A half-open span of local time. */
export interface ScheduleSpan {
  /** Days of the week on which it begins, 0 is Monday; undefined: it stands at one date. */
  readonly days?: readonly number[];
  /** In ms after the midnight with which its day begins; of one that stands at a date, after that of 1970-01-01. */
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface CalendarSpec {
  /** IANA name, or an expression for one. */
  readonly zone: string | Expr;
  /** Day of the month (1–31) on which months begin, or an expression for it. */
  readonly anchor: number | Expr;
  readonly week: 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';
}

/** When a zone's offset from UTC changes, from 2000 to 2101: `atMs[i]` begins `offsetMs[i]`. */
export interface ZoneTable {
  readonly atMs: readonly number[];
  readonly offsetMs: readonly number[];
}

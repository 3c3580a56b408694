import type { Expr } from '../expression/expr.ts';
import type { CalendarSpec } from './calendar.ts';
import type { Hold } from './hold.ts';
import type { LadderStep } from './ladder.ts';
import type { PartsValue } from './partition.ts';
import type { Literal, Value } from './value.ts';

export interface Limit {
  readonly name: string;
  readonly label: string;
  /** What one unit is called: `requests`, `bytes`, `files` … */
  readonly unit: string;
  readonly kind: LimitKind;
  /** One unit is 10 to the power of minus this of what people read and write: money, and meters with a precision. Default 0. */
  readonly precision?: number;
  readonly amount: Value;
  readonly algorithm: 'sliding' | 'fixed' | 'bucket' | 'gap' | 'decay';
  readonly align: 'first' | 'clock' | 'spread';
  readonly slices: number;
  /** Bucket: the burst; default the amount. */
  readonly burst?: Value;
  readonly calendar: CalendarSpec;
  /** The name that its counters are known by, where it was called otherwise. */
  readonly was?: string;
  /** How its amount grows with use, where it does. */
  readonly ramp?: Ramp;
  /** Counted for each node or region apart; undefined: once for all that share the store. */
  readonly scope?: 'region' | 'node';
  /** With another figure use begins anew, or keeps its part of the whole; undefined: it is kept. */
  readonly onChange?: 'reset' | 'scale';
  /** How it is told, as literals; undefined: as it is. */
  readonly publish?: Value;
  /** Quota: whether units may be given on top. Default: no. */
  readonly grants?: boolean;
  /** Quota: how much of what a period leaves is carried on, and for how many periods. Default: nothing. */
  readonly rollover?: { readonly upTo: Value; readonly periods: number };
  /** Size: what is measured. */
  readonly of?: Expr;
  /** Size: what of it is measured while the body passes, beside what was declared before. */
  readonly measures?: Measure;
  readonly per: PartsValue;
  /** Operation names to which the limit applies; undefined: all. (`on` and `except` resolved at load.) */
  readonly operations?: readonly string[];
  readonly when?: Expr;
  readonly replaces: readonly string[];
  readonly cost: Value;
  readonly count: 'admitted' | 'attempts' | 'denials';
  /** `denials`: the limits whose denials it counts. */
  readonly denials?: readonly string[];
  /** Answer a denial by this limit is written with, where its ladder says nothing else; default `exceeded`. */
  readonly answer: string;
  readonly fail: 'open' | 'closed' | 'local';
  /** Of a rate: that what it counts outlasts the process, in a store that lasts. */
  readonly durable?: true;
  /** What is charged stays reserved until it is known what becomes of it. Undefined: it is charged for good. */
  readonly hold?: Hold;
  /** What happens at which fill, in the order written. Undefined: what would pass 100 % is denied, with `answer`. */
  readonly ladder?: readonly LadderStep[];
}

export type LimitKind = 'rate' | 'quota' | 'concurrency' | 'level' | 'size';

/** What is known of a body only once it has passed. A size of a file is held against every file alone. */
export type Measure = 'request.bytes' | 'request.files' | 'file.bytes';

/** How the level of an amount grows: by one at most every so often while it is used, and back to none after so long without. */
export interface Ramp {
  readonly everyMs: number;
  readonly restMs: number;
  /** What counts as use; undefined: any admission. */
  readonly while?: Expr;
}

export interface Override {
  readonly for: Readonly<Record<string, Literal>>;
  readonly limits: readonly (readonly [string, Value])[];
  readonly plan?: string;
  readonly lift: readonly string[];
  readonly fromAtMs: number;
  /** FOREVER when it has no end. */
  readonly untilAtMs: number;
  readonly reason: string;
  readonly by: string;
}

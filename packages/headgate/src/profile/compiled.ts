import type { Schedule, ZoneTable } from './compiled/calendar.ts';
import type { IdentitySource } from './compiled/identity.ts';
import type { Limit, Override } from './compiled/limit.ts';
import type { Operation, PathRules } from './compiled/operation.ts';
import type { Endpoint, Respond } from './compiled/respond.ts';
import type { Literal, Value } from './compiled/value.ts';
import type { Expr } from './expression/expr.ts';

/*
 * A policy after it has been read, checked and compiled: plain data that can be written as JSON or as a
 * module, and run where no YAML, CEL or time-zone library is loaded. `headgate/policy` makes it,
 * `planner.ts` turns it into programs, `headgate/http` reads `identify`, `operations` and `respond`.
 */

export type * from './compiled/calendar.ts';
export type * from './compiled/hold.ts';
export type * from './compiled/identity.ts';
export type * from './compiled/ladder.ts';
export type * from './compiled/limit.ts';
export type * from './compiled/operation.ts';
export type * from './compiled/partition.ts';
export type * from './compiled/respond.ts';
export type * from './compiled/template.ts';
export type * from './compiled/value.ts';

export interface CompiledPolicy {
  readonly headgate: 1;
  readonly name: string;
  readonly identify: readonly IdentitySource[];
  readonly anonymous: boolean;
  /** Requests that nobody could identify, per address. */
  readonly unidentified: Value;
  readonly address: {
    readonly trust: readonly string[];
    readonly header?: string;
    /** The header is believed only where this holds. */
    readonly when?: Expr;
    readonly group: { readonly v4: number; readonly v6: number };
  };
  readonly derive: readonly (readonly [string, Expr])[];
  readonly plans: readonly { readonly name: string; readonly attributes: Readonly<Record<string, Literal>> }[];
  readonly paths: PathRules;
  /** In order, the first match wins. Empty: every method and path is an operation of its own. */
  readonly operations: readonly Operation[];
  /** What expressions look things up in, by `lookup("NAME", …)`. */
  readonly tables?: Readonly<Record<string, Readonly<Record<string, Literal>>>> | undefined;
  /** Functions of the program around the gate that expressions call, by name. */
  readonly hosts?: readonly string[];
  readonly require: readonly { readonly name: string; readonly that: Expr; readonly answer: string }[];
  readonly limits: readonly Limit[];
  readonly overrides: readonly Override[];
  readonly respond: Respond;
  readonly endpoints: readonly Endpoint[];
  /** What `during("NAME")` and quotas over openings mean. */
  readonly schedules?: Readonly<Record<string, Schedule>>;
  /** Published beside the limits, and enforced by the API itself. */
  readonly notes?: readonly (readonly [row: string, Value])[];
  /** Offset transitions of the zones named in the policy, so that no time-zone library is needed later. */
  readonly zones: Readonly<Record<string, ZoneTable>>;
}

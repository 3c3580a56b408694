import type { Expr } from '../expression/expr.ts';
import type { Period } from './calendar.ts';

export type Literal = string | number | boolean | null;

/** How many units, over what span. Exactly one of `windowMs` (rate), `period` (quota) or neither (the rest). */
export interface Amount {
  /** A safe integer in the limit's base unit (requests, bytes, ms, millionths), or an expression for one. */
  readonly units: number | Expr;
  readonly windowMs?: number;
  readonly period?: Period;
}

/**
 * One way to write a figure that depends on something. Leaves are amounts for `rate`, `quota`, `size` …,
 * literals or expressions elsewhere.
 */
export type Value =
  | { readonly is: 'amount'; readonly amount: Amount }
  | { readonly is: 'unlimited' }
  | { readonly is: 'none' }
  | { readonly is: 'literal'; readonly value: Literal }
  | { readonly is: 'expr'; readonly expr: Expr }
  | {
      readonly is: 'table';
      readonly by: Expr;
      readonly rows: readonly (readonly [string, Value])[];
      readonly else?: Value;
    }
  | {
      readonly is: 'cases';
      readonly cases: readonly { readonly when: Expr; readonly use: Value }[];
      readonly else: Value;
      /** In words, where the cases are not as somebody wrote them. */
      readonly says?: string;
    };

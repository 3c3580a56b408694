import type { Expr } from '../expression/expr.ts';

/** Part of a partition. Closed parts take finitely many values and become slots of a record. */
export type Part =
  | { readonly is: 'global' }
  | { readonly is: 'attribute'; readonly path: string }
  | { readonly is: 'operation' }
  | { readonly is: 'group' }
  /** `each`: of a list, every value is a partition of its own, and all of them are charged; `of`: every element is, to the one that this names. */
  | { readonly is: 'expr'; readonly expr: Expr; readonly each?: true; readonly of?: Expr };

export type PartsValue =
  | { readonly is: 'parts'; readonly parts: readonly Part[] }
  | {
      readonly is: 'table';
      readonly by: Expr;
      readonly rows: readonly (readonly [string, PartsValue])[];
      readonly else?: PartsValue;
    }
  | {
      readonly is: 'cases';
      readonly cases: readonly { readonly when: Expr; readonly use: PartsValue }[];
      readonly else: PartsValue;
    };

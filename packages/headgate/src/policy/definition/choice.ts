/** A literal or an expression: `100/minute`, `25MB`, `account.seats`. */
export type Leaf = string | number | boolean;

/** A row for every plan, or for some and `else`. Without plans there is no such table. */
export type PlanTable<Plan extends string, Of> = [Plan] extends [never]
  ? never
  : | { readonly [Name in Plan]: Choice<Plan, Of> }
    | ({ readonly [Name in Plan]?: Choice<Plan, Of> } & { readonly else: Choice<Plan, Of> });

export interface ByTable<Plan extends string, Of> {
  readonly by: string;
  readonly else?: Choice<Plan, Of>;
  readonly [row: string]: Choice<Plan, Of> | string | undefined;
}

export interface Cases<Plan extends string, Of> {
  readonly cases: readonly { readonly when?: string; readonly use: Choice<Plan, Of> }[];
}

/** What the customer or an operator sets, within bounds. */
export interface SetFigure {
  readonly set: string;
  readonly default: string | number;
  readonly min?: string | number;
  readonly max?: string | number;
  readonly zero?: string | number;
  readonly minus?: string | number;
}

/** What grows with use. */
export interface RampFigure {
  readonly ramp: {
    readonly from: string | number;
    readonly add?: number;
    readonly times?: number;
    readonly every: string;
    readonly to: string | number;
    readonly while?: string;
    readonly rest?: string;
  };
}

/** A figure or a partition that may depend on something. */
export type Choice<Plan extends string, Of> =
  | Of
  | PlanTable<Plan, Of>
  | ByTable<Plan, Of>
  | Cases<Plan, Of>
  | SetFigure
  | RampFigure;

export type Attributes = Readonly<Record<string, string | number | boolean>>;
export type OneOrMany<Item> = Item | readonly Item[];

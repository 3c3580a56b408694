import type { Expr } from '../expression/expr.ts';
import type { Value } from './value.ts';

/** How a reservation ends. Costs in it are in units, those of a meter or of money too. */
export interface Hold {
  /** How long it lasts when nobody says what became of it, in ms. */
  readonly lease: Value;
  /** Nothing is charged yet, but something must be left (`reserve: any`). */
  readonly any?: true;
  /** What it really cost, once there is a response. Undefined with a cost of its own: whoever settles it says so. */
  readonly actual?: Value;
  /** Whether it counts at all, once there is a response. */
  readonly counts?: Expr;
  /** What it leaves behind when nobody says what it cost. Default: of a permit nothing, else all of it. */
  readonly lost?: Value;
  /** The meter that its cost is one of. */
  readonly meter?: string;
  /** The wait to suggest when it is full, in ms. */
  readonly hintMs?: number;
  /** What is held beyond the exchange, by the name that the response gives it: until one of `ends`, or the lease. */
  readonly id?: Expr;
  /** Nothing is charged until it has lasted so long, in ms; then this cost is, whether there is room or not. */
  readonly after?: { readonly ms: number; readonly cost: Value };
  /** Its cost is a number of bytes, whatever its unit is called: where the response names several things, they share it. */
  readonly ofBytes?: true;
  /** A level that is held beyond the exchange for good, and not for the lease: until one of `ends`. */
  readonly stays?: true;
  /** Whatever is held on a connection ends with it at the latest. */
  readonly untilClosed?: true;
  readonly ends: readonly HoldEnd[];
}

/** A request whose response ends what is held under an id, or an event of the application's. */
export interface HoldEnd {
  readonly operations: readonly string[];
  /** The application's events that end it, by name. */
  readonly events?: readonly string[];
  /** Default: the response is a success. */
  readonly when?: Expr;
  readonly id: Expr;
  /** What stays counted. Default: nothing. */
  readonly cost?: Value;
}

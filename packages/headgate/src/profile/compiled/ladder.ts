import type { Expr } from '../expression/expr.ts';
import type { Secret } from './identity.ts';
import type { PartsValue } from './partition.ts';
import type { Value } from './value.ts';

/**
 * One step of a ladder. `notify` and `mark` happen when what is used with this request reaches their fill, all that are reached. Of the
 * others, those that it would pass, the one with the highest fill decides; at equal fills the first whose `when` holds.
 */
export interface LadderStep {
  /** Parts of a thousand of the amount: literals, or expressions for a number of them. */
  readonly at: Value;
  readonly when?: Expr;
  readonly action: Action;
}

export type Action =
  /** Refuses. */
  | { readonly is: 'deny'; readonly answer: string }
  /** Refuses, and goes on refusing. */
  | { readonly is: 'block'; readonly block: Block }
  /** Holds back instead of refusing. */
  | { readonly is: 'delay'; readonly upToMs: Value; readonly queue: Value; readonly order?: Expr }
  /** Refuses without a word. */
  | { readonly is: 'drop' }
  /** Refuses, and ends the connection. */
  | { readonly is: 'close'; readonly answer: string }
  /** Lets it in, and counts it. */
  | { readonly is: 'admit' }
  /** The same, and reports what is above the fill, under this name. */
  | { readonly is: 'bill'; readonly name: string; readonly channels: readonly Channel[] }
  /** Lets it in and counts only what a refusal would have let in; says that it would have refused. */
  | { readonly is: 'shadow' }
  | { readonly is: 'mark'; readonly name: string }
  | { readonly is: 'notify'; readonly channels: readonly Channel[] };

/** How somebody is kept out after a denial. */
export interface Block {
  /** Tells it apart from other blocks of the limit: its counter is known by it. */
  readonly ordinal: number;
  /** Durations in ms, one each time that it recurs; `wait`: as long as the limit itself would refuse. */
  readonly forMs: readonly Value[] | 'wait';
  /** Undefined: the limit's own. */
  readonly per?: PartsValue;
  /** Operations that it holds for. Undefined: it holds where the limit applies. */
  readonly operations?: readonly string[] | 'all';
  /** How long after its end the next is a recurrence, in ms. Undefined: the longest of its durations. */
  readonly forgetMs?: Value;
  /** Whether trying lengthens it. */
  readonly extend: boolean;
  readonly answer: string;
}

/** Whom to tell. */
export type Channel =
  | { readonly name: string; readonly log: 'info' | 'warn' | 'error' }
  | { readonly name: string; readonly webhook: { readonly url: Receiver; readonly secret?: Secret } }
  | { readonly name: string; readonly email: Receiver };

/** Where something is sent: a text, worked out for whom it is about where it depends on that; or a variable of the environment. */
export type Receiver = Value | { readonly env: string };

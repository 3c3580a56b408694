import type { Expr } from '../expression/expr.ts';
import type { Value } from './value.ts';

/** How the upstream reads paths: what it takes for the same path must be counted as the same. */
export interface PathRules {
  /** `unstated`: what only another case would give to another operation is none. */
  readonly case: 'unstated' | 'sensitive' | 'insensitive';
  readonly params: 'refuse' | 'ignore' | 'keep';
  readonly trailingSlash: 'same' | 'distinct';
  readonly encodedSlash: 'refuse' | 'keep';
  readonly doubleEscape: 'refuse' | 'keep';
}

/** What may happen that is no request of its own; `connect` is the request that asks for a web socket. */
export type EventOf =
  | { readonly is: 'connect' }
  /** A frame of a web socket, or an event of an answer that is a stream of them. */
  | { readonly is: 'message'; readonly way: 'in' | 'out' }
  /** While a connection lasts. */
  | { readonly is: 'tick'; readonly everyMs: number }
  /** Reported by the application, under this name. */
  | { readonly is: 'app'; readonly name: string };

/** A named route. `segments` of a path: text, `:name` for one segment, `**` for the rest. */
export interface Operation {
  readonly name: string;
  /** Then it has no routes. */
  readonly event?: EventOf;
  readonly routes: readonly { readonly method: string; readonly path: string; readonly segments: readonly string[] }[];
  readonly when?: Expr;
  readonly group?: string;
  readonly tags: readonly string[];
  /** It is a batch: each element of the list is an operation of its own, by its name, or one more of this. */
  readonly each?: { readonly list: Expr; readonly name?: Expr; /** The same, to read. */ readonly named?: string };
  readonly weight?: Value;
  readonly set: readonly (readonly [string, Value])[];
}

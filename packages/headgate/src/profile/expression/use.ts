import type { Expr } from './expr.ts';
import type { Operator } from './macros.ts';
import { FAILED, type Scope } from './scope.ts';

/*
 * `['usage', "n"]`, `['left', "n"]`, `['limit', "n"]`: how limit n stands on this request's own counter, before it is charged.
 * `['ramp', "n", from, "add" or "times", by, to]`: what limit n allows at the level that its ramp has reached.
 */

const USES: ReadonlySet<string> = new Set(['usage', 'left', 'limit', 'ramp']);

/** What expressions read of counters: told apart from fields, since it is another request's doing as well. */
export const USE = 'use';

/** How a limit stands, in what people read. */
export interface Standing {
  /** The most at once: a bucket's burst, else the amount. */
  readonly limit: number;
  /** The largest cost that it would admit. */
  readonly left: number;
}

/** How a limit stands that does not apply to whoever asks. */
export const UNBOUND: Standing = { limit: Number.MAX_SAFE_INTEGER, left: Number.MAX_SAFE_INTEGER };
/** And one that the plan lacks. */
export const LACKED: Standing = { limit: 0, left: 0 };

export function readsUse([op, name]: Expr): boolean {
  return USES.has(op) && typeof name === 'string';
}

/** The limits whose use is read anywhere in compiled data. */
export function usesIn(data: unknown): readonly string[] {
  if (typeof data !== 'object' || data === null) return [];
  // An array of whatever: each element is looked at before it is believed.
  const [op, name] = Array.isArray(data) ? (data as readonly unknown[]) : [];
  const own =
    typeof op === 'string' && USES.has(op) && typeof name === 'string' ? [op === 'ramp' ? rampOf(name) : name] : [];
  return [...new Set([...own, ...Object.values(data).flatMap(usesIn)])];
}

/** What the ramp of a limit is known by among standings: no limit is called so. Its `left` is the level, its `limit` 1 where it may rise. */
export function rampOf(limit: string): string {
  return `ramp ${limit}`;
}

const ramp: Operator = ([, name, from, how, by, to], scope) => {
  const level = scope.visible.standings?.get(rampOf(String(name)))?.left ?? 0;
  const [first, step, most] = [Number(from), Number(by), Number(to)];
  return Math.min(most, how === 'add' ? first + step * level : first * step ** level);
};

function used({ limit, left }: Standing): number {
  return limit === 0 ? 1 : 1 - left / limit;
}

function told(tell: (standing: Standing) => number): Operator {
  return ([, name]: Expr, scope: Scope) => {
    const standing = scope.visible.standings?.get(String(name));
    return standing === undefined ? FAILED : tell(standing);
  };
}

export const USED: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['usage', told(used)],
  ['left', told(({ left }) => left)],
  ['limit', told(({ limit }) => limit)],
  ['ramp', ramp],
]);

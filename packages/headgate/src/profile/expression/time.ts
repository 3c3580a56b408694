import { instantOf } from './instant.ts';
import { FAILED, own, type Scope } from './scope.ts';
import type { Evaluate, Operator } from './macros.ts';
import { isExpr, type Expr } from './expr.ts';

/*
 * What is read of time such that it is known when it changes next: `['during', "night"]`, `['age', x]` for days(now, x),
 * `['before', x]` for now < x, and `['since', x]` for now >= x. Each notes for how long its answer stays what it is. Whatever
 * else reads `now` is taken to stay as it is.
 */

const TIMED: ReadonlySet<string> = new Set(['during', 'age', 'before', 'since']);
const DAY_MS = 86_400_000;

/** What expressions read of time: told apart from fields, since it is known when it changes. */
export const TIME = 'time';

export function readsTime([op]: Expr): boolean {
  return TIMED.has(op);
}

/** The schedules that an expression names. */
export function schedulesIn(expr: Expr): readonly string[] {
  const named = expr[0] === 'during' ? [String(expr[1])] : [];
  return [...named, ...expr.slice(1).flatMap((operand) => (isExpr(operand) ? schedulesIn(operand) : []))];
}

function during(expr: Expr, scope: Scope): unknown {
  const name = String(expr[1]);
  return scope.visible.time?.during(name, scope) ?? scope.miss(`schedules.${name}`);
}

/** Whole days, each of 24 hours. */
function age(value: unknown, scope: Scope): unknown {
  const [atMs, bornAtMs] = [nowIn(scope), instantOf(value)];
  if (atMs === undefined || bornAtMs === undefined) return FAILED;
  const days = Math.floor((atMs - bornAtMs) / DAY_MS);
  if (!Number.isSafeInteger(days)) return FAILED;
  scope.visible.time?.holds(Math.ceil(bornAtMs + days * DAY_MS), Math.ceil(bornAtMs + (days + 1) * DAY_MS));
  return days + 0; // −0 is 0
}

function isBefore(value: unknown, scope: Scope): unknown {
  const now = nowIn(scope);
  if (typeof value !== 'number' || now === undefined) return FAILED;
  const atMs = Math.ceil(value);
  const before = now < atMs;
  scope.visible.time?.holds(before ? 0 : atMs, before ? atMs : Number.MAX_SAFE_INTEGER);
  return before;
}

function nowIn({ visible: { time, roots } }: Scope): number | undefined {
  const now = time?.atMs ?? own(roots, 'now');
  return typeof now === 'number' ? now : undefined;
}

function isSince(value: unknown, scope: Scope): unknown {
  const before = isBefore(value, scope);
  return typeof before === 'boolean' ? !before : FAILED;
}

export function timedOf(evaluate: Evaluate): ReadonlyMap<string, Operator> {
  const of =
    (apply: (value: unknown, scope: Scope) => unknown): Operator =>
    (expr, scope) => {
      const value = evaluate(expr[1], scope);
      return value === FAILED ? FAILED : apply(value, scope);
    };
  return new Map<string, Operator>([
    ['during', during],
    ['age', of(age)],
    ['before', of(isBefore)],
    ['since', of(isSince)],
  ]);
}

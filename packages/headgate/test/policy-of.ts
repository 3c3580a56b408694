import type {
  Ask,
  CompiledPolicy,
  Expr,
  Limit,
  Literal,
  Operation,
  Part,
  PartsValue,
  PathRules,
  Period,
  Value,
} from '../src/profile/index.ts';
import { compileExpression } from '../src/policy/expression/index.ts';

/** Compiled policies written out by hand, for tests of what reads them. */

export function expr(text: string): Expr {
  const compiled = compileExpression(text);
  if (!compiled.ok) throw new Error(`${text}: ${compiled.message}`);
  return compiled.expr;
}

/** Units over a duration; text is an expression. */
export function rate(units: number | string, windowMs: number): Value {
  return { is: 'amount', amount: { units: typeof units === 'string' ? expr(units) : units, windowMs } };
}

export function quota(units: number | string, period: Period): Value {
  return { is: 'amount', amount: { units: typeof units === 'string' ? expr(units) : units, period } };
}

export function size(units: number): Value {
  return { is: 'amount', amount: { units } };
}

export function literal(value: Literal): Value {
  return { is: 'literal', value };
}

export function formula(text: string): Value {
  return { is: 'expr', expr: expr(text) };
}

type Rows = Readonly<Record<string, Value>>;

export function by(text: string, rows: Rows, otherwise?: Value): Value {
  return {
    is: 'table',
    by: expr(text),
    rows: Object.entries(rows),
    ...(otherwise !== undefined && { else: otherwise }),
  };
}

export function byPlan(rows: Rows, otherwise?: Value): Value {
  return by('plan', rows, otherwise);
}

export function cases(list: readonly (readonly [string, Value])[], otherwise: Value): Value {
  return { is: 'cases', cases: list.map(([when, use]) => ({ when: expr(when), use })), else: otherwise };
}

export const UNLIMITED: Value = { is: 'unlimited' };
export const NONE: Value = { is: 'none' };

/** `key`, `operation`, `group`, `global`, `=expression`. */
export function per(...parts: readonly string[]): PartsValue {
  return { is: 'parts', parts: parts.map(part) };
}

function part(text: string): Part {
  if (text === 'operation' || text === 'group' || text === 'global') return { is: text };
  return text.startsWith('=') ? { is: 'expr', expr: expr(text.slice(1)) } : { is: 'attribute', path: text };
}

export function limit(name: string, amount: Value, spec: Partial<Limit> = {}): Limit {
  const kind = spec.kind ?? kindOf(amount);
  return {
    name,
    label: name,
    unit: 'requests',
    kind,
    amount,
    algorithm: 'fixed',
    align: 'first',
    slices: 16,
    calendar: { zone: 'UTC', anchor: 1, week: 'monday' },
    per: per('key'),
    replaces: [],
    cost: literal(1),
    count: 'admitted',
    answer: 'exceeded',
    fail: 'local',
    ...spec,
  };
}

function kindOf(amount: Value): Limit['kind'] {
  if (amount.is === 'table') return kindOf(amount.rows[0]?.[1] ?? NONE);
  if (amount.is === 'cases') return kindOf(amount.else);
  if (amount.is !== 'amount') return 'rate';
  return amount.amount.windowMs !== undefined ? 'rate' : amount.amount.period !== undefined ? 'quota' : 'size';
}

export function operation(name: string, spec: Partial<Operation> = {}): Operation {
  return { name, routes: [], tags: [], set: [], ...spec };
}

export function policyOf(limits: readonly Limit[], spec: Partial<CompiledPolicy> = {}): CompiledPolicy {
  return {
    headgate: 1,
    name: 'test',
    identify: [],
    anonymous: false,
    unidentified: rate(600, 60_000),
    address: { trust: [], group: { v4: 32, v6: 64 } },
    derive: [],
    plans: [],
    paths: PATHS,
    operations: [],
    require: [],
    limits,
    overrides: [],
    respond: { report: 'binding', answers: [], headers: [], merge: [], expose: true },
    endpoints: [],
    zones: {},
    ...spec,
  };
}

/** How paths are read by a policy that does not say. */
export const PATHS: PathRules = {
  case: 'unstated',
  params: 'refuse',
  trailingSlash: 'same',
  encodedSlash: 'refuse',
  doubleEscape: 'refuse',
};

export const NOW_MS: number = Date.parse('2026-05-15T12:00:00Z');

interface AskSpec {
  readonly subject?: Readonly<Record<string, Literal>>;
  readonly operation?: string;
  readonly index?: number;
  readonly path?: Readonly<Record<string, string>>;
  readonly request?: Partial<Ask['request']>;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly nowMs?: number;
}

export function askOf(spec: AskSpec = {}): Ask {
  return {
    subject: { auth: 'key', address: '203.0.113.7', key: 'k1', ...spec.subject },
    operation: { index: spec.index ?? -1, name: spec.operation ?? 'GET /pets', path: spec.path ?? {} },
    request: { method: 'GET', path: '/pets', query: {}, headers: {}, bytes: 0, ...spec.request },
    ...(spec.facts !== undefined && { facts: spec.facts }),
    nowMs: spec.nowMs ?? NOW_MS,
  };
}

import type { CompiledPolicy } from '../../http/index.ts';

type Limits = CompiledPolicy['limits'];

/**
 * What a caller is told that limits are called whose names another gate has told of the same request: a client joins the items of RateLimit
 * and RateLimit-Policy by them. The figures that stand beside a name go into it, since `limit-5-60s` is the same on every route, in every process
 * and after each restart. What programs call a limit, and its counters, stay.
 */
export function apart(limits: Limits, taken: readonly string[]): ReadonlyMap<string, string> | undefined {
  const met = limits.filter(({ name }) => taken.includes(name));
  if (met.length === 0) return undefined;
  const used = new Set([...taken, ...limits.map(({ name }) => name)]);
  const renamed = new Map<string, string>();
  for (const limit of met) {
    const told = free(limit.name + figuresOf(limit), used);
    used.add(told);
    renamed.set(limit.name, told);
  }
  return renamed;
}

/** What is no plain rate has none: it may be another one for each caller. */
function figuresOf({ amount: value }: Limits[number]): string {
  if (value.is !== 'amount') return '';
  const { units, windowMs } = value.amount;
  if (typeof units !== 'number' || windowMs === undefined) return '';
  return `-${units}-${windowMs % 1000 === 0 ? `${windowMs / 1000}s` : `${windowMs}ms`}`;
}

/** The name, or with the least number that makes it one of its own. */
function free(name: string, used: ReadonlySet<string>): string {
  let told = name;
  for (let nth = 2; used.has(told); nth++) told = `${name}-${nth}`;
  return told;
}

import { figureUses, type Limit, type Override } from '../../profile/index.ts';
import type { Context } from './context.ts';

/** Figures that read figures that read figures: more than this is nobody's page. */
const MAX_ROUNDS = 4;

/** Tells of limits whose figures read one another in a circle, and of those that read too far. */
export function checkUses(context: Context, limits: readonly Limit[], overrides: readonly Override[]): void {
  const reads = new Map(limits.map(({ name }) => [name, figureUses({ limits, overrides }, name)]));
  for (const { name } of limits) {
    const way = longestWay(name, reads, []);
    const isCircle = new Set(way).size < way.length;
    // A circle is told of once, at the first limit that stands in it.
    if (isCircle && way.indexOf(name) === 0 && way.at(-1) === name) return circle(context, way);
    if (!isCircle && way.length > MAX_ROUNDS)
      tell(context, name, `reads ${way.join(', which reads ')}: at most ${MAX_ROUNDS} of them`);
  }
}

function circle(context: Context, way: readonly string[]): void {
  const [name = ''] = way;
  tell(context, name, `figures read one another in a circle: ${way.join(', ')}`);
}

function tell(context: Context, name: string, rule: string): void {
  const [written = name] = [...context.names.limits].find(([, windows]) => windows.includes(name)) ?? [];
  context.problems.error('ERR_POLICY_CYCLE', ['limits', written], rule, { value: null });
}

/** The way on which most limits are read, from one on; in a circle, up to where it closes. */
function longestWay(
  name: string,
  reads: ReadonlyMap<string, readonly string[]>,
  before: readonly string[],
): readonly string[] {
  const way = [...before, name];
  if (before.includes(name) || way.length > MAX_ROUNDS + 1) return way;
  const ways = (reads.get(name) ?? []).map((next) => longestWay(next, reads, way));
  const closed = ways.find((one) => new Set(one).size < one.length);
  return closed ?? ways.reduce((longest, one) => (one.length > longest.length ? one : longest), way);
}

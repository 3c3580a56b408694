import { BadBody, objectOf, parse, refuseOthers, shown } from './json.ts';

/** Costs by the name of a limit or a meter, in what people read: dollars, and not millionths. */
export type Costs = Readonly<Record<string, number>>;

/** Names that one settlement may give. */
const MAX_NAMES = 100;
const EXAMPLE = '{"costs":{"tokens":120}}';

/**
 * Reads `{ "costs": { "tokens": 120 } }`. Nothing at all is no costs: what was reserved.
 * @throws BadBody naming what is wrong, the rule, and the value
 */
export function readCosts(text: string): Costs {
  const { costs = {}, ...others } = objectOf(parse(text || '{}', EXAMPLE), 'the body');
  refuseOthers(others, '"costs"');
  const entries = Object.entries(objectOf(costs, '"costs"'));
  if (entries.length > MAX_NAMES)
    throw new BadBody(`"costs": expected at most ${MAX_NAMES} names, got ${entries.length}`);
  return Object.fromEntries(entries.map(([name, cost]) => [name, costOf(name, cost)]));
}

/** What JSON can say and no counter can hold: −5, "3", and 1e400, which is read as infinite. */
function costOf(name: string, cost: unknown): number {
  if (typeof cost === 'number' && cost >= 0 && Number.isFinite(cost)) return cost;
  throw new BadBody(`"costs": "${name}": expected a number from 0, got ${shown(cost)}`);
}

/** Costs by the name of a limit or a meter, in what people read: dollars, and not millionths. */
export type Costs = Readonly<Record<string, number>>;

/** Why a body is no settlement: told to whoever sent it. */
export class BadCosts extends Error {}

/** Names that one settlement may give. */
const MAX_NAMES = 100;

/**
 * Reads `{ "costs": { "tokens": 120 } }`. Nothing at all is no costs: what was reserved.
 * @throws BadCosts naming what is wrong, the rule, and the value
 */
export function readCosts(text: string): Costs {
  const { costs = {}, ...others } = objectOf(parse(text), 'the body');
  const [other] = Object.keys(others);
  if (other !== undefined) throw new BadCosts(`"${other}": expected nothing but "costs"`);
  const entries = Object.entries(objectOf(costs, '"costs"'));
  if (entries.length > MAX_NAMES)
    throw new BadCosts(`"costs": expected at most ${MAX_NAMES} names, got ${entries.length}`);
  return Object.fromEntries(entries.map(([name, cost]) => [name, costOf(name, cost)]));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text || '{}');
  } catch {
    throw new BadCosts('the body: expected JSON such as {"costs":{"tokens":120}}');
  }
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new BadCosts(`${what}: expected an object, got ${shown(value)}`);
}

/** What JSON can say and no counter can hold: −5, "3", and 1e400, which is read as infinite. */
function costOf(name: string, cost: unknown): number {
  if (typeof cost === 'number' && cost >= 0 && Number.isFinite(cost)) return cost;
  throw new BadCosts(`"costs": "${name}": expected a number from 0, got ${shown(cost)}`);
}

function shown(value: unknown): string {
  return value === undefined || typeof value === 'number' ? String(value) : JSON.stringify(value).slice(0, 40);
}

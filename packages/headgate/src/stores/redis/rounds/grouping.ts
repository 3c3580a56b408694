import type { Place } from '../records/key.ts';
import type { Ask } from './ask.ts';
import { Group } from './group.ts';

/** Steps that one group decides at once, at most. */
const MAX_STEPS = 256;
/** Records that one group reads and writes, at most, unless a single step needs more. */
const MAX_RECORDS = 64;

interface Forming {
  asks: Ask[];
  places: Map<string, Place>;
}

/**
 * Puts together the steps that share records, in order. What is busy, or would make a group too large, is left for later,
 * and everything that shares a record with it too, so that nobody overtakes.
 */
export function groupsOf(
  asks: readonly Ask[],
  busy: ReadonlySet<string>,
): { readonly groups: Group[]; readonly later: Ask[] } {
  const byName = new Map<string, Forming>();
  const taken = new Set<string>();
  const later: Ask[] = [];
  for (const ask of asks) {
    const forming = ask.places.some(({ name }) => busy.has(name) || taken.has(name)) ? undefined : join(ask, byName);
    if (forming !== undefined) continue;
    later.push(ask);
    for (const { name } of ask.places) taken.add(name);
  }
  const groups = [...new Set(byName.values())].map((one) => new Group(one.asks, [...one.places.values()]));
  return { groups, later };
}

/** Undefined when all that it shares records with would be too much together. */
function join(ask: Ask, byName: Map<string, Forming>): Forming | undefined {
  const met = new Set(ask.places.flatMap(({ name }) => byName.get(name) ?? []));
  const [only] = met;
  if (met.size === 1 && ask.places.every(({ name }) => only!.places.has(name))) return more(only!, ask);
  const places = new Map([...met].flatMap((one) => [...one.places]));
  for (const place of ask.places) places.set(place.name, place);
  const steps = [...met].flatMap((one) => one.asks);
  if (met.size > 0 && (steps.length >= MAX_STEPS || places.size > MAX_RECORDS)) return undefined;
  const forming = { asks: [...steps, ask], places };
  for (const name of places.keys()) byName.set(name, forming);
  return forming;
}

/** The usual case: it needs nothing that is not there. */
function more(forming: Forming, ask: Ask): Forming | undefined {
  if (forming.asks.length >= MAX_STEPS) return undefined;
  forming.asks.push(ask);
  return forming;
}

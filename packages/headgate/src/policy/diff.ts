import { spansOf } from './spans.ts';
import { countersOf, type CompiledPolicy, type Limit } from '../profile/index.ts';

/** What becomes of one limit's counters when one policy takes the place of another. */
export interface LimitChange {
  readonly limit: string;
  /**
   * `kept`: all that was counted stands. `fresh`: counting begins anew, at least in part. `dropped`: what was counted
   * is read by nobody any more. `new`: nothing was counted. `stateless`: a size, which counts nothing.
   */
  readonly counters: 'kept' | 'fresh' | 'dropped' | 'new' | 'stateless';
  /** Why, in words. */
  readonly because: string;
  /** Whether the figure is another one; this alone never loses a count. */
  readonly amountChanged: boolean;
}

/** Tells, limit by limit, what a new policy does to what the old one has counted: file order of the new, then what is gone. */
export function diffPolicies(old: CompiledPolicy, next: CompiledPolicy): readonly LimitChange[] {
  const [before, after] = [countedOf(old), countedOf(next)];
  const gone = old.limits.filter((limit) => !next.limits.some((one) => isSameLimit(limit, one)));
  return [
    ...next.limits.map((limit) =>
      changeOf(
        limit,
        old.limits.find((one) => isSameLimit(one, limit)),
        before,
        after,
      ),
    ),
    ...gone.map(({ name, kind }) => droppedLimit(name, kind)),
  ];
}

/** By its name, or by the one that its counters are known by. */
function isSameLimit(old: Limit, limit: Limit): boolean {
  return old.name === limit.name || (old.was ?? old.name) === (limit.was ?? limit.name);
}

/** One limit's counters: what they are known by, and where they stand. */
interface Counted {
  readonly identities: Set<string>;
  readonly places: Set<string>;
}

type Counters = ReadonlyMap<string, Counted>;

const NOTHING: Counted = { identities: new Set(), places: new Set() };

function countedOf(policy: CompiledPolicy): Counters {
  const found = new Map<string, Counted>();
  for (const { limit, identity, place } of countersOf(policy)) {
    const counted = found.get(limit) ?? { identities: new Set(), places: new Set() };
    found.set(limit, counted);
    counted.identities.add(identity);
    counted.places.add(place);
  }
  return found;
}

/** Places that are gone while others came: an operation was renamed, or each has a record of its own from now on. */
function movedFrom(was: Counted, is: Counted): readonly string[] {
  const came = [...is.places].some((place) => !was.places.has(place));
  return came ? [...was.places].filter((place) => !is.places.has(place)) : [];
}

function droppedLimit(limit: string, kind: Limit['kind']): LimitChange {
  if (kind === 'size')
    return { limit, counters: 'stateless', because: 'the limit is gone; a size counts nothing', amountChanged: true };
  return { limit, counters: 'dropped', because: 'the limit is gone', amountChanged: true };
}

function changeOf(limit: Limit, old: Limit | undefined, before: Counters, after: Counters): LimitChange {
  const { name } = limit;
  const amountChanged = old !== undefined && !isSame([limit.amount, limit.burst], [old.amount, old.burst]);
  if (limit.kind === 'size')
    return { limit: name, counters: 'stateless', because: 'a size counts nothing', amountChanged };
  if (old === undefined) return { limit: name, counters: 'new', because: 'the limit is new', amountChanged };
  const [was, is] = [before.get(old.name) ?? NOTHING, after.get(name) ?? NOTHING];
  const moved = movedFrom(was, is);
  if ([...is.identities].every((identity) => was.identities.has(identity))) {
    if (moved.length > 0) return { limit: name, counters: 'fresh', because: movedText(moved), amountChanged };
    return {
      limit: name,
      counters: 'kept',
      because: amountChanged
        ? 'only the amount changes: what is spent stays spent'
        : 'nothing that makes it another counter changes',
      amountChanged,
    };
  }
  return { limit: name, counters: 'fresh', because: reasonsOf(old, limit), amountChanged };
}

/** Operations and groups told by name; the others only by how many they are. */
const MAX_TOLD = 3;

function movedText(places: readonly string[]): string {
  const names = places.map((place) => place.slice(place.lastIndexOf(': ') + 2) || 'no operation');
  const more = names.length > MAX_TOLD ? ` and ${names.length - MAX_TOLD} more` : '';
  return `what was counted for ${names.slice(0, MAX_TOLD).join('; ')}${more} stays behind: renamed, gone, or kept one by one now that they are more (or fewer) than 8`;
}

/** What made it another counter: kind, algorithm, alignment, slices, window or period, partition. */
function reasonsOf(old: Limit, limit: Limit): string {
  const reasons: string[] = [];
  if ((old.was ?? old.name) !== (limit.was ?? limit.name))
    reasons.push(`"was" does not begin with its oldest name, "${old.was ?? old.name}"`);
  const say = (what: string, was: unknown, is: unknown): void => {
    if (!isSame(was, is)) reasons.push(`${what} changes from ${textOf(was)} to ${textOf(is)}`);
  };
  say('the kind', old.kind, limit.kind);
  if (old.kind === 'rate' && limit.kind === 'rate') {
    say('the algorithm', old.algorithm, limit.algorithm);
    if (old.algorithm === 'fixed' && limit.algorithm === 'fixed') say('where windows begin', old.align, limit.align);
    if (old.algorithm === 'sliding' && limit.algorithm === 'sliding')
      say('the number of slices', old.slices, limit.slices);
  }
  say('for how many periods something is carried', old.rollover?.periods ?? 0, limit.rollover?.periods ?? 0);
  say('whether it takes grants', old.grants ?? false, limit.grants ?? false);
  say('the precision', old.precision ?? 0, limit.precision ?? 0);
  say('the window', spansOf(old.amount), spansOf(limit.amount));
  if (!isSame(old.per, limit.per)) reasons.push('whose counter it is changes');
  return reasons.length === 0
    ? 'what an override counts over changes, or whether operations are declared'
    : reasons.join('; ');
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') || 'none' : String(value);
}

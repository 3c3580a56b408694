import { isMap, type Plain, type Source } from '../source/source.ts';
import type { Names } from './context.ts';

/** Attributes that every caller has, however it came. */
const ALWAYS = ['auth', 'address'];

/**
 * Which attributes the policy names, and which every caller is sure to have. A source gives the attribute
 * of its own name (the credential), what all of its keys have in common, and what it takes of what was found.
 */
export function attributesOf(source: Source): Pick<Names, 'attributes' | 'guaranteed' | 'planAttributes'> {
  const derived = isMap(source.valueAt(['derive'])) ? Object.keys(source.valueAt(['derive']) ?? {}) : [];
  const perSource = sourcesOf(source.valueAt(['identify']));
  const everySource = perSource.map((one) => one.sure).reduce(intersection, perSource[0]?.sure ?? new Set());
  const guaranteed = new Set([...ALWAYS, ...derived, ...everySource]);
  const planAttributes = attributesOfPlans(source.valueAt(['plans']));
  if (guaranteed.has('plan')) for (const name of planAttributes.every) guaranteed.add(`plan.${name}`);
  const attributes = new Set([...guaranteed, ...perSource.flatMap((one) => [...one.some])]);
  return { attributes, guaranteed, planAttributes };
}

interface Given {
  readonly sure: ReadonlySet<string>;
  readonly some: ReadonlySet<string>;
}

function sourcesOf(identify: Plain | undefined): readonly Given[] {
  if (!isMap(identify)) return [];
  return Object.entries(identify).map(([name, source]) => givenBy(name, source));
}

function givenBy(name: string, source: Plain): Given {
  if (!isMap(source)) return { sure: new Set(), some: new Set() };
  const { every, some } = everyAndSome(isMap(source['keys']) ? Object.values(source['keys']).map(namesOf) : []);
  // Whoever lacks one that has no default is not identified at all.
  const found = namesOf(source['attributes'] ?? null);
  return { sure: new Set([name, ...every, ...found]), some: new Set([name, ...some, ...found]) };
}

function attributesOfPlans(plans: Plain | undefined): Names['planAttributes'] {
  return everyAndSome(isMap(plans) ? Object.values(plans).map(namesOf) : []);
}

/** What all of the sets have, and what any of them has. */
function everyAndSome(sets: readonly ReadonlySet<string>[]): Names['planAttributes'] {
  const every = sets.reduce(intersection, sets[0] ?? new Set());
  return { every, some: new Set(sets.flatMap((set) => [...set])) };
}

function namesOf(value: Plain): ReadonlySet<string> {
  return new Set(isMap(value) ? Object.keys(value) : []);
}

function intersection(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...a].filter((name) => b.has(name)));
}

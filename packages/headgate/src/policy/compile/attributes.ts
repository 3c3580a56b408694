import { isMap, type Plain, type Source } from '../source/source.ts';

/** Attributes that every caller has, however it came. */
const ALWAYS = ['auth', 'address'];

/**
 * Which attributes the policy names, and which every caller is sure to have. A source gives the attribute
 * of its own name (the credential), what all of its keys have in common, and what it takes of what was found.
 */
export function attributesOf(source: Source): { attributes: ReadonlySet<string>; guaranteed: ReadonlySet<string> } {
  const derived = isMap(source.valueAt(['derive'])) ? Object.keys(source.valueAt(['derive']) ?? {}) : [];
  const perSource = sourcesOf(source.valueAt(['identify']));
  const everySource = perSource.map((one) => one.sure).reduce(intersection, perSource[0]?.sure ?? new Set());
  const guaranteed = new Set([...ALWAYS, ...derived, ...everySource]);
  if (guaranteed.has('plan'))
    for (const name of planAttributes(source.valueAt(['plans']))) guaranteed.add(`plan.${name}`);
  return { attributes: new Set([...guaranteed, ...perSource.flatMap((one) => [...one.some])]), guaranteed };
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
  const sets = isMap(source['keys']) ? Object.values(source['keys']).map(namesOf) : [];
  const common = sets.reduce<ReadonlySet<string>>(intersection, sets[0] ?? new Set());
  // Whoever lacks one that has no default is not identified at all.
  const found = namesOf(source['attributes'] ?? null);
  return {
    sure: new Set([name, ...common, ...found]),
    some: new Set([name, ...sets.flatMap((set) => [...set]), ...found]),
  };
}

function planAttributes(plans: Plain | undefined): ReadonlySet<string> {
  if (!isMap(plans)) return new Set();
  const sets = Object.values(plans).map(namesOf);
  return sets.reduce<ReadonlySet<string>>(intersection, sets[0] ?? new Set());
}

function namesOf(value: Plain): ReadonlySet<string> {
  return new Set(isMap(value) ? Object.keys(value) : []);
}

function intersection(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...a].filter((name) => b.has(name)));
}

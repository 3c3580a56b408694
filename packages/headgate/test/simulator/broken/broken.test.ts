import { describe, expect, it } from 'vitest';
import { simulate, type Parts } from '../simulate.ts';
import { asked, bent } from './bend.ts';
import { PATCHES } from './patched.ts';
import { BROKEN } from './stores.ts';

/** A broken store must be found by one of so many seeds. */
const SEEDS = 40;
/** What is not broken is tried with so many. */
const SOUND_SEEDS = 10;

/** What the first seed says that finds it; it begins with the seed. Undefined: none of them does. */
async function found(parts: () => Parts, seeds = SEEDS): Promise<string | undefined> {
  for (let seed = 1; seed <= seeds; seed++) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- the first that finds it ends it
      await simulate(seed, parts());
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
  return undefined;
}

/** Who looks on beside the model must see something too: each of these is told by its own words. */
const SEEN = [
  { by: 'the book', name: 'honours a second release', says: /what is left of the level/ },
  {
    by: 'the book of permits',
    name: 'keeps a permit for a millisecond after its end',
    says: /what is left of the concurrency|pending, and told|granted, and settled/,
  },
  { by: 'the sum of all', name: 'charges the first record of a pair that the second refuses', says: /adds up to/ },
  { by: 'the count of a window', name: 'forgets half of what a window counts', says: /units in \d+ ms/ },
  { by: 'the one who comes back in time', name: 'says a wait that is a millisecond short', says: /told to return/ },
  { by: 'the list of requests', name: 'forgets every third request id', says: /charged twice|never charged/ },
];

function withoutModel(parts: Parts): Parts {
  return {
    ...parts,
    options(derived) {
      const options = parts.options?.(derived) ?? derived;
      return {
        ...options,
        workload: 'accounts',
        linear: false,
        compares: false,
        server: { ...options.server, clockBack: 'never' },
      };
    },
  };
}

describe('the simulator', { timeout: 120_000 }, () => {
  it.for(BROKEN)(`finds within ${SEEDS} seeds a store that $name`, async ({ parts }, { annotate }) => {
    const told = await found(parts);
    expect(told).toMatch(/^seed \d+: /);
    await annotate(told?.split('\n', 1)[0] ?? '');
  });

  it.for(PATCHES)(`finds within ${SEEDS} seeds a store that $name`, async ({ apply }, { annotate }) => {
    const mend = apply();
    const told = await found(() => ({})).finally(mend);
    expect(told).toMatch(/^seed \d+: /);
    await annotate(told?.split('\n', 1)[0] ?? '');
  });

  it.each(SEEN)('$by alone finds a store that $name', async ({ name, says }) => {
    const { parts } = BROKEN.find((one) => one.name === name)!;
    expect(await found(() => withoutModel(parts()))).toMatch(says);
  });

  it.each([
    ['asked by another', () => asked((store) => store)],
    ['on a disk and a clock that are passed on', () => bent({})],
  ])('finds nothing in a store that is not broken, %s', async (_, parts) => {
    expect(await found(parts, SOUND_SEEDS)).toBeUndefined();
  });
});

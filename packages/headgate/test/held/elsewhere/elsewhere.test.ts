import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Side, type Deed, type Sort } from './sides.ts';

const key = fc.constantFrom('k', 'k', 'l');
const id = fc.constantFrom('a', 'b', 'c');
const ids = fc.array(id, { maxLength: 4 });
const which = fc.nat(8);

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom('job' as const, 'file' as const), key, id) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom('poll' as const, 'gone' as const, 'complete' as const), key, id) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom('list' as const, 'upload' as const), key, ids) },
  fc.tuple(fc.constant('chat' as const), key),
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constantFrom('settle' as const, 'cancel' as const, 'renew' as const),
      which,
      fc.constantFrom(undefined, 0, 0.25, 3),
    ),
  },
  fc.tuple(fc.constant('wait' as const), fc.constantFrom(1000, 299_000, 330_000, 700_000)),
);

/** Some while requests are under way, each of which begins what no other does: an end may come before the answer that tells the id. */
const interleaved: fc.Arbitrary<readonly Deed[]> = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom<Deed>(['ask', ['job', 'k', '?']], ['ask', ['list', 'l', ['?', '?+']]]) },
      { weight: 3, arbitrary: fc.tuple(fc.constant('answer' as const), fc.nat(1)) },
      {
        weight: 5,
        arbitrary: fc.tuple(fc.constant('poll' as const), key, fc.constantFrom('0', '1', '2', '0+', '1+')),
      },
      fc.tuple(fc.constantFrom('settle' as const, 'cancel' as const), which, fc.constant(undefined)),
      fc.tuple(fc.constant('wait' as const), fc.constant(1000)),
    ),
    { maxLength: 20 },
  )
  .map(numbered);

/** Each that asks names what it begins by its number. */
function numbered(deeds: readonly Deed[]): readonly Deed[] {
  let n = 0;
  return deeds.map((one) =>
    one[0] === 'ask' ? (JSON.parse(JSON.stringify(one).replaceAll('?', String(n++))) as Deed) : one,
  );
}

describe('what is held', () => {
  it('by several that share a store is over before it is known by its id, wherever that is told', async () => {
    await fc.assert(
      fc.asyncProperty(interleaved, fc.array(which, { minLength: 20, maxLength: 20 }), async (deeds, at) => {
        const [one, other] = [new Side('lives'), new Side('shares')];
        for (const [i, what] of deeds.entries())
          // oxlint-disable-next-line no-await-in-loop -- one after another
          expect([what, await other.do(what, at[i] ?? 0)]).toEqual([what, await one.do(what, 0)]);
      }),
      { numRuns: 30 },
    );
  });

  it.each<[name: string, sort: Sort]>([
    ['by a process that is started anew now and then', 'restarts'],
    ['by several that share a store, whichever of them a deed comes to', 'shares'],
  ])('%s is ended, settled and counted as by one that lives', async (_, sort) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(deed, which), { maxLength: 40 }), async (deeds) => {
        const [one, other] = [new Side('lives'), new Side(sort)];
        for (const [what, where] of deeds)
          // oxlint-disable-next-line no-await-in-loop -- one after another
          expect(await other.do(what, where)).toEqual(await one.do(what, where));
        const [[expected], [left, memos]] = [await one.end(), await other.end()];
        expect(left).toEqual(expected);
        // What was uploaded stays, by its ids.
        expect(memos).toBeLessThanOrEqual(3);
      }),
      { numRuns: 40 },
    );
  });

  it.each(['restarts', 'shares'] as const)(
    'that was under way when its process ended (%s) waits for its lease, unless the API says before that what became of it',
    async (sort) => {
      const side = new Side(sort);
      await side.begin('job', 'k');
      await side.begin('job', 'k');
      await side.begin('chat', 'k');
      expect(await side.do(['wait', 1000], 0)).toEqual([undefined, used(2, 1)]);
      expect(await side.do(['cancel', 0, 0], 0)).toEqual(['ok', used(1, 1)]);
      expect(await side.do(['settle', 2, 0.25], 0)).toEqual(['ok', used(1, 0.25)]);
      expect(await side.do(['poll', 'k', 'a'], 0)).toEqual(['forward', used(1, 0.25)]);
      expect(await side.do(['wait', 700_000], 0)).toEqual([undefined, used(0, 0.25)]);
    },
  );
});

/** Of the jobs and the money of one of two callers. */
function used(jobs: number, money: number): unknown {
  return [
    [jobs, 0, 0, 0, money],
    [0, 0, 0, 0, 0],
  ];
}

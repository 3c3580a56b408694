import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { manualClock, programOf, type LimitSpec } from '../../src/testing/index.ts';
import { ALGORITHMS, FAILURES, type Failure } from './claims.ts';
import { testNames } from './names.ts';
import { claimOf, guaranteesPage, STORES } from './page.ts';

const failures = Object.keys(FAILURES) as Failure[]; // Its own keys.
const cells = STORES.flatMap((store) =>
  failures.flatMap((failure) => ALGORITHMS.map((algorithm) => ({ store, failure, algorithm }))),
);

describe('the page of guarantees', () => {
  it('has a bound for every store, algorithm and failure, and no two', () => {
    expect(cells.length).toBe(STORES.length * failures.length * ALGORITHMS.length);
    for (const { store, failure, algorithm } of cells)
      expect(claimOf(store, failure, algorithm).bound, `${store.name}, ${failure}, ${algorithm}`).not.toBe('');
  });

  it('names a test for each that exists', () => {
    const names = testNames();
    expect(names.size).toBeGreaterThan(1000);
    const missing = cells
      .map(({ store, failure, algorithm }) => claimOf(store, failure, algorithm).test)
      .filter((test) => !names.has(test));
    expect([...new Set(missing)]).toEqual([]);
  });

  it('is what the claims say now (npm run docs)', () => {
    const page = readFileSync(new URL('../../../../docs/guarantees.md', import.meta.url), 'utf8');
    expect(page === guaranteesPage()).toBe(true);
  });
});

const N = 5;
const SPECS: readonly LimitSpec[] = [
  ...(['fixed', 'sliding', 'bucket', 'gap'] as const).map((kind) => ({ kind, amount: N, windowMs: 60_000 })),
  { kind: 'concurrency', amount: N, holdMs: 60_000 },
  { kind: 'level', amount: N },
];

/** How many of twice as many are let in by one store after another, on one clock. */
function admittedBy(stores: number, spec: LimitSpec): number[] {
  const clock = manualClock();
  const program = programOf(spec);
  const step = { op: 'decide', program, keys: ['k'], costs: [1] } as const;
  return Array.from({ length: stores }, () => {
    const store = memoryStore({ clock });
    return Array.from({ length: 2 * N }, (_, i) => store.apply({ ...step, reservationId: `${i}` })).filter(
      ({ allowed }) => allowed,
    ).length;
  });
}

describe.each(SPECS)('of a $kind that is kept in memory', (spec) => {
  it('a process that begins anew admits at most all of it once more', () => {
    expect(admittedBy(2, spec)).toEqual([N, N]);
  });

  it('each of two processes admits all of it', () => {
    expect(admittedBy(2, spec).every((admitted) => admitted === N)).toBe(true);
  });
});

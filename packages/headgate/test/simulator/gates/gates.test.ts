import { describe, expect, it } from 'vitest';
import { FaultCounts, GATE_FAULTS } from '../faults.ts';
import { simulateGates } from './simulate.ts';

const SEEDS = 120;
/** Seeds of one test. */
const AT_ONCE = 10;
const REQUESTS = 40_000;
const DEGRADED = 2000;
const FAULTS = 1500;
const firsts: readonly number[] = Array.from({ length: SEEDS / AT_ONCE }, (_, i) => 1 + i * AT_ONCE);

describe('gates that share a store, whatever fails', { timeout: 240_000 }, () => {
  const faults = new FaultCounts();
  let requests = 0;
  let degraded = 0;

  async function run(first: number): Promise<void> {
    for (let seed = first; seed < first + AT_ONCE; seed++) {
      const report = await simulateGates(seed); // oxlint-disable-line no-await-in-loop -- the first that fails ends it
      requests += report.requests;
      degraded += report.degraded;
      faults.add(report.faults);
    }
  }

  it.each(firsts)(
    `let in what they promise, and all of it again when nothing fails: ${AT_ONCE} runs from seed %i on`,
    async (first) => {
      await expect(run(first)).resolves.toBeUndefined();
    },
  );

  it('settled by a commit that failed for want of a sync, and was there after all when others had looked', async () => {
    await expect(simulateGates(2159)).resolves.toBeDefined();
  });

  it(`were tried in ${SEEDS} runs, by ${REQUESTS} requests and ${FAULTS} faults, and without a store ${DEGRADED} times`, () => {
    expect(GATE_FAULTS.filter((fault) => !faults.counts.has(fault))).toEqual([]);
    expect(requests).toBeGreaterThanOrEqual(REQUESTS);
    expect(degraded).toBeGreaterThanOrEqual(DEGRADED);
    expect(faults.total).toBeGreaterThanOrEqual(FAULTS);
  });
});

import { describe, expect, it } from 'vitest';
import type { Ticks } from '../../src/stores/sqlite/ticks.ts';
import { manualClock, programOf, seeded } from '../../src/testing/index.ts';
import { Disk } from './disk.ts';
import { FaultCounts } from './faults.ts';
import { makeTicks } from './stores.ts';

const LEVEL = programOf({ kind: 'level', amount: 1000 });
const SOUND = { failsWrites: 0, failsReads: 0, failsCommits: 0, failsSyncs: 0, fills: 0, fullFor: 0 };
const SEEDS = 200;
/** Each is a commit of its own. More than the disk leaves without a sync. */
const ASKED = 60;

/** How many of what was admitted one after another are there once the power is back. */
function leftAfterPowerCut(seed: number, syncs: boolean): number {
  const disk = new Disk({ ...SOUND, syncs }, seeded(seed), new FaultCounts());
  const clock = manualClock();
  const open = (): Ticks =>
    makeTicks({ disk, tables: disk.open().tables, clock, maxInMemory: 10, maxRecords: 1e6 }, () => undefined);
  const ask = (ticks: Ticks, op: 'decide' | 'peek'): number =>
    ticks.alone({ op, program: LEVEL, keys: ['k'], costs: [1] }).figures[0]!;
  const ticks = open();
  for (let i = 0; i < ASKED; i++) ask(ticks, 'decide');
  disk.cutPower();
  return 1000 - ask(open(), 'peek');
}

describe('when the power fails', () => {
  it('a store that is to survive it has lost nothing that was answered', () => {
    for (let seed = 1; seed <= SEEDS; seed++) expect(leftAfterPowerCut(seed, true)).toBe(ASKED);
  });

  it('a store that is to survive the process alone has lost at most its last commits, each of them whole', () => {
    const left = Array.from({ length: SEEDS }, (_, i) => leftAfterPowerCut(i + 1, false));
    // What was synced before is there, and mostly something is lost: else nothing was tried.
    expect(Math.min(...left)).toBeGreaterThanOrEqual(24);
    expect(Math.max(...left)).toBeLessThanOrEqual(ASKED);
    expect(new Set(left).size).toBeGreaterThan(5);
  });
});

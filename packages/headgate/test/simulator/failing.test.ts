import { describe, expect, it } from 'vitest';
import type { Outcome, Step } from '../../src/core/index.ts';
import type { Ticks } from '../../src/stores/sqlite/ticks.ts';
import { manualClock, programOf, seeded, type ManualClock } from '../../src/testing/index.ts';
import { Disk, type DiskOptions } from './disk.ts';
import { FaultCounts } from './faults.ts';
import { makeTicks } from './stores.ts';

/** What the simulator found, each as short as it can be told. */

const HOLD_MS = 1000;
const PERMITS = programOf({ kind: 'concurrency', amount: 3, holdMs: HOLD_MS });
const SOUND: DiskOptions = {
  syncs: true,
  failsWrites: 0,
  failsReads: 0,
  failsCommits: 0,
  failsSyncs: 0,
  fills: 0,
  fullFor: 0,
};
const MOST = 10;

interface Setting {
  readonly clock: ManualClock;
  readonly disk: Disk;
  readonly ticks: Ticks;
}

/** A store on a disk of which a sort of thing always fails, once it is faulty. */
function failing(options: Partial<DiskOptions>): Setting {
  const clock = manualClock();
  const disk = new Disk({ ...SOUND, ...options }, seeded(1), new FaultCounts());
  disk.faulty = false;
  const { tables } = disk.open();
  return {
    clock,
    disk,
    ticks: makeTicks({ disk, tables, clock, maxInMemory: MOST, maxRecords: 1e6 }, () => undefined),
  };
}

function step(op: Step['op'], key: string, id = key): Step {
  return { op, program: PERMITS, keys: [key], costs: [1], reservationId: id };
}

function isRefusedByStore(act: () => Outcome): boolean {
  try {
    act();
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ERR_STORE';
  }
}

describe('a store whose disk fails', () => {
  it('reads again what it could not read: permits come back when their lifetime ends', () => {
    const { clock, disk, ticks } = failing({ failsCommits: 1, failsReads: 1 });
    ticks.alone(step('decide', 'k', 'a'));
    disk.faulty = true;
    // Taken back with its tick, so that its ledger must be read, which fails at the second reading of two.
    expect(isRefusedByStore(() => ticks.alone(step('decide', 'k', 'b')))).toBe(true);
    const reads = disk.read.bind(disk);
    let left = 1;
    disk.read = () => {
      if (left-- <= 0) reads();
    };
    expect(isRefusedByStore(() => ticks.alone(step('decide', 'k', 'c')))).toBe(true);
    disk.faulty = false;
    expect(ticks.alone(step('peek', 'k')).figures[0]).toBe(2);
    clock.advance(HOLD_MS);
    expect(ticks.alone(step('peek', 'k')).figures[0]).toBe(3);
  });

  it('gives a permit back one lifetime after it was read, however often it is read again, and by whatever clock it was written', () => {
    const { clock, disk, ticks } = failing({});
    ticks.alone(step('decide', 'k', 'a'));
    clock.jumpBoth(-86_400_000);
    const next = makeTicks(
      { disk, tables: disk.open().tables, clock, maxInMemory: 1, maxRecords: 1e6 },
      () => undefined,
    );
    for (let i = 0; i < 4; i++) {
      expect(next.alone(step('peek', 'k')).figures[0]).toBe(2);
      // Another takes its place in memory.
      next.alone(step('decide', `other ${i}`));
      clock.advance(HOLD_MS / 4);
    }
    expect(next.alone(step('peek', 'k')).figures[0]).toBe(3);
  });

  it.each([
    ['keys that nobody knew', (i: number) => `fresh ${i}`],
    ['keys that stand in the file', (i: number) => `known ${i % 100}`],
  ])('holds no more in memory for it, whoever asks: %s', (_, keyOf) => {
    const { disk, ticks } = failing({ failsCommits: 1 });
    for (let i = 0; i < 100; i++) ticks.alone(step('decide', `known ${i}`));
    disk.faulty = true;
    for (let i = 0; i < 1000; i++)
      expect(isRefusedByStore(() => ticks.alone(step('decide', keyOf(i), `${i}`)))).toBe(true);
    expect(ticks.stats().inMemory).toBeLessThanOrEqual(2 * MOST);
    disk.faulty = false;
    expect(ticks.alone(step('peek', 'known 7')).figures[0]).toBe(2);
    expect(ticks.alone(step('peek', 'fresh 7')).figures[0]).toBe(3);
  });
});

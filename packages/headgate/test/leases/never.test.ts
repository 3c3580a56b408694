import { describe, expect, it } from 'vitest';
import { FOREVER, segmentOf, type Program, type Segment } from '../../src/core/index.ts';
import { programOf, type LimitSpec } from '../../src/testing/index.ts';
import { BEGINNING_MS } from '../simulator/clocks.ts';
import { requirePromise } from './promises.ts';
import { World } from './world.ts';

const SEEDS = 12;
const RUN_MS = 20_000;
const NODES = 4;
const PERIOD_MS = 5000;
const PERIODS = 20;

/** Short periods, one after another. */
function periods(amount: number): Segment[] {
  return Array.from({ length: PERIODS }, (_, i) => {
    const fromAtMs = i === 0 ? 0 : BEGINNING_MS + i * PERIOD_MS;
    const untilAtMs = i === PERIODS - 1 ? FOREVER : BEGINNING_MS + (i + 1) * PERIOD_MS;
    return segmentOf({ kind: 'quota', amount, fromAtMs, untilAtMs, periodAtMs: Math.max(1, fromAtMs) });
  });
}

/** Limits that can be leased, alone and together. A window on the clock is one that a test can tell. */
const LIMITS: Readonly<Record<string, readonly LimitSpec[]>> = {
  fixed: [{ kind: 'fixed', amount: 2000, windowMs: 4000, align: 'clock' }],
  sliding: [{ kind: 'sliding', amount: 2000, windowMs: 6000 }],
  'a sliding window of few slices': [{ kind: 'sliding', amount: 900, windowMs: 3000, slices: 3 }],
  bucket: [{ kind: 'bucket', amount: 500, windowMs: 1000, burst: 1500 }],
  'a bucket that flows in parts of a unit': [{ kind: 'bucket', amount: 700, windowMs: 1999, burst: 700 }],
  quota: [{ kind: 'quota', segments: periods(2000) }],
  'several on two records': [
    { kind: 'fixed', amount: 1500, windowMs: 4000, align: 'clock' },
    { kind: 'sliding', amount: 3000, windowMs: 6000, record: 1 },
    { kind: 'quota', segments: periods(2500), record: 1 },
    { kind: 'size', amount: 3 },
  ],
};

/** One process asks often, or seldom, for a while; then otherwise. */
function load(world: World, i: number, program: Program): void {
  const { random, events } = world;
  let gapMs = random.pick([0, 1, 1, 5, 40]);
  const ask = (): void => {
    const cost = random.pick([1, 1, 1, 1, 2, 3]);
    world.ask(
      i,
      keysOf(program),
      program.checks.map(() => cost),
    );
    if (random.chance(0.002)) gapMs = random.pick([0, 1, 3, 20, 700]);
    events.in(gapMs === 0 ? random.int(0, 1) : random.int(1, 2 * gapMs), ask);
  };
  events.in(random.int(0, 400), ask);
}

/** Processes die, and the wall clocks of machines are set. */
function mischief(world: World): void {
  const { random, events } = world;
  const act = (): void => {
    if (random.chance(0.3)) world.kill(random.int(0, NODES - 1));
    else world.jump(random.int(0, NODES - 1), random.int(-3000, 3000));
    events.in(random.int(200, 2000), act);
  };
  events.in(500, act);
}

function keysOf({ records }: Program): string[] {
  return records.map((_, r) => `key ${r}`);
}

async function runOf(limits: readonly LimitSpec[], seed: number, isFaulty: boolean): Promise<World> {
  const program = programOf(...limits);
  const world = new World({ seed, program, nodes: NODES, lifetimeMs: [1000, 200, 2000][seed % 3]!, isFaulty });
  for (let i = 0; i < NODES; i++) load(world, i, program);
  if (isFaulty) mischief(world);
  await world.run(RUN_MS);
  for (const [i, check] of program.checks.entries())
    if (check.kind !== 'size') requirePromise(check, i, world.admissions);
  return world;
}

describe.each(Object.entries(LIMITS))('leases of %s', (_, limits) => {
  it('never let in more than is promised, whatever is lost or late, whoever dies, and however clocks run', async () => {
    let local = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const world = await runOf(limits, seed, true);
      local += world.local;
      expect(world.killed).toBeGreaterThan(0);
    }
    expect(local).toBeGreaterThan(1000);
  });
});

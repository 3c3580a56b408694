import { describe, expect, it } from 'vitest';
import { FOREVER, segmentOf, type Program, type Segment } from '../../src/core/index.ts';
import { programOf, type LimitSpec } from '../../src/testing/index.ts';
import { BEGINNING_MS } from '../simulator/clocks.ts';
import { requirePromise } from './promises.ts';
import { World } from './world.ts';

const SEEDS = 6;
const RUN_MS = 9000;
const NODES = 4;
const PERIOD_MS = 2500;
const EDGE_MS = 500;
const PERIODS = 20;

/** Short periods, one after another. */
function periods(amount: number): Segment[] {
  return Array.from({ length: PERIODS }, (_, i) => {
    const fromAtMs = i === 0 ? 0 : BEGINNING_MS + i * PERIOD_MS;
    const untilAtMs = i === PERIODS - 1 ? FOREVER : BEGINNING_MS + (i + 1) * PERIOD_MS;
    return segmentOf({ kind: 'quota', amount, fromAtMs, untilAtMs, periodAtMs: Math.max(1, fromAtMs) });
  });
}

/** Limits that can be leased, alone and together. */
const LIMITS: Readonly<Record<string, readonly LimitSpec[]>> = {
  fixed: [{ kind: 'fixed', amount: 300, windowMs: 2000, align: 'clock' }],
  'a window from its first charge on': [{ kind: 'fixed', amount: 300, windowMs: 1700 }],
  sliding: [{ kind: 'sliding', amount: 400, windowMs: 3000 }],
  'a sliding window of few slices': [{ kind: 'sliding', amount: 300, windowMs: 1500, slices: 3 }],
  bucket: [{ kind: 'bucket', amount: 200, windowMs: 1000, burst: 400 }],
  'a bucket that flows in parts of a unit': [{ kind: 'bucket', amount: 170, windowMs: 1999, burst: 190 }],
  quota: [{ kind: 'quota', segments: periods(400) }],
  'several on two records': [
    { kind: 'fixed', amount: 300, windowMs: 1500, align: 'clock' },
    { kind: 'sliding', amount: 500, windowMs: 4000, record: 1 },
    { kind: 'quota', segments: periods(500), record: 1 },
    { kind: 'size', amount: 3 },
  ],
};

/**
 * Quiet times, in which everybody draws and few spend, and storms, in which all that is drawn is spent and all that is left as well. Whoever saved
 * something from the one for the other would let in too much.
 */
function load(world: World, program: Program): void {
  const { random, events } = world;
  let storm = false;
  const calm = (): void => {
    storm = false;
    const now = world.clock.monotonicMs();
    // Mostly where windows and slices end, which is where anything could be saved from one for another.
    const beginsAtMs = Math.ceil((now + 60) / EDGE_MS) * EDGE_MS + random.int(-20, 60);
    events.in(beginsAtMs - now + random.pick([0, 0, EDGE_MS, 3 * EDGE_MS]), () => {
      storm = true;
      events.in(random.int(20, 700), calm);
    });
  };
  calm();
  for (let i = 0; i < NODES; i++) {
    let gapMs = 10;
    const ask = (): void => {
      const cost = random.pick([1, 1, 1, 1, 2, 3]);
      world.ask(
        i,
        keysOf(program),
        program.checks.map(() => cost),
      );
      if (random.chance(0.05)) gapMs = random.pick([3, 8, 20, 300]);
      events.in(storm ? random.int(0, 2) : random.int(1, 2 * gapMs), ask);
    };
    events.in(random.int(0, 400), ask);
  }
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

/** What goes wrong, by the seed: everything; messages that are late; nothing. What is lost is charged and let nobody in, and hides what is too much. */
const WRONG = [
  { loses: 0.03, repeats: 0, delays: 0.1, lateMs: 300 },
  { loses: 0, repeats: 0, delays: 0.05, lateMs: 150 },
  { loses: 0, repeats: 0, delays: 0, lateMs: 0 },
] as const;

async function runOf(limits: readonly LimitSpec[], seed: number): Promise<World> {
  const program = programOf(...limits);
  const lifetimeMs = [1000, 200, 2000][Math.floor(seed / 3) % 3]!;
  const world = new World({ seed, program, nodes: NODES, lifetimeMs, faults: WRONG[seed % 3]! });
  load(world, program);
  if (seed % 3 === 0) mischief(world);
  await world.run(RUN_MS);
  for (const [i, check] of program.checks.entries())
    if (check.kind !== 'size') requirePromise(check, i, world.admissions, world.ends);
  return world;
}

describe.each(Object.entries(LIMITS))('leases of %s', (_, limits) => {
  it('never let in more than is promised, whatever is lost or late, whoever dies, and however clocks run', async () => {
    let local = 0;
    for (let seed = 0; seed < SEEDS; seed++) local += (await runOf(limits, seed)).local;
    expect(local).toBeGreaterThan(100);
  });
});

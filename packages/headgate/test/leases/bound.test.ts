import { describe, expect, it } from 'vitest';
import { programOf, type LimitSpec } from '../../src/testing/index.ts';
import { World } from './world.ts';

/*
 * How much less than N is let in: what is drawn and not spent. Windows here outlast every run, so that all of N is there once.
 */

const N = 4000;
const NODES = 4;
const PART = 8;
const HOUR_MS = 3_600_000;
const LIFETIME_MS = 1000;
const NO_FAULTS = { loses: 0, repeats: 0, delays: 0, lateMs: 0 };
/** By then nobody has anything any more: a draw has ended, somebody has looked, and what was left is given back. */
const QUIET_MS = 3 * LIFETIME_MS;

const LIMITS: readonly LimitSpec[] = [
  { kind: 'fixed', amount: N, windowMs: HOUR_MS },
  { kind: 'sliding', amount: N, windowMs: HOUR_MS },
];

function worldOf(spec: LimitSpec, seed: number): World {
  const program = programOf(spec);
  return new World({ seed, program, nodes: NODES, lifetimeMs: LIFETIME_MS, faults: NO_FAULTS });
}

/** Everybody asks, `gapMs` apart, until then. */
function askUntil(world: World, untilMs: number, gapMs: number): void {
  for (let i = 0; i < NODES; i++) {
    const ask = (): void => {
      if (world.events.nowMs >= untilMs) return;
      world.ask(i, ['k'], [1]);
      world.events.in(world.random.int(0, 2 * gapMs), ask);
    };
    world.events.in(i, ask);
  }
}

/** Units that are charged, and let nobody in. */
const out = (world: World): number => N - world.left(['k']) - world.admissions.length;

describe.each(LIMITS)('of a $kind that is leased', (spec) => {
  it('each process has drawn at most an eighth, at any time, and all of it comes back', async () => {
    for (let seed = 1; seed <= 4; seed++) {
      const world = worldOf(spec, seed);
      askUntil(world, 3000, seed * 2);
      let most = 0;
      for (let atMs = 25; atMs < 3000; atMs += 25) {
        await world.run(atMs);
        most = Math.max(most, out(world));
      }
      // A request that is under way is charged, and has let nobody in yet.
      expect(most).toBeLessThanOrEqual((NODES * N) / PART + NODES * 4);
      expect(most).toBeGreaterThan(0);
      await world.run(3000 + QUIET_MS);
      expect(out(world)).toBe(0);
    }
  });

  it('all of N is let in by those who go on asking, and not one more', async () => {
    const world = worldOf(spec, 7);
    askUntil(world, 9000, 1);
    await world.run(9000 + QUIET_MS);
    expect(world.admissions).toHaveLength(N);
    expect(world.local).toBeGreaterThan(N / 2);
    expect(world.left(['k'])).toBe(0);
  });

  it('what a process that dies has drawn is lost, an eighth at most, and no more', async () => {
    for (let seed = 1; seed <= 4; seed++) {
      const world = worldOf(spec, seed);
      askUntil(world, 2000, 3);
      await world.run(300 * seed);
      world.kill(seed % NODES);
      await world.run(2000 + QUIET_MS);
      expect(out(world)).toBeGreaterThan(0);
      expect(out(world)).toBeLessThanOrEqual(N / PART + 4);
    }
  });

  it('costs far fewer calls than decisions', async () => {
    const world = worldOf({ ...spec, amount: 1e9 }, 3);
    askUntil(world, 5000, 2);
    await world.run(5000);
    expect(world.admissions.length).toBeGreaterThan(5000);
    expect(world.sent).toBeLessThan(world.admissions.length / 40);
  });
});

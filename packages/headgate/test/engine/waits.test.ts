import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIGURES, type Check, type Outcome, type Program, type Step } from '../../src/core/index.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { manualClock, plainStore, seeded, type Random } from '../../src/testing/index.ts';
import { randomWorld } from '../../src/testing/differential/world.ts';
import { asking, type Asking } from './asking.ts';

const seeds = fc.integer({ min: 1, max: 2 ** 31 });

interface Scene extends Asking {
  readonly random: Random;
  readonly programs: readonly Program[];
}

/** A random policy and a few dozen decisions later: some limits are spent, some are not. Of `which` programs only. */
function scene(seed: number, which: (program: Program) => boolean): Scene {
  const random = seeded(seed);
  const clock = manualClock();
  const world = randomWorld(random, clock.wallMs());
  const one = asking(clock, memoryStore({ clock, random: () => random.bits() }));
  const programs = world.programs.filter(which);
  for (let i = 0; i < 30 && programs.length > 0; i++) {
    clock.advance(random.chance(0.6) ? 0 : random.int(0, 200));
    attempt(one, 'decide', random.pick(programs), random.int(0, 4), `${i}`);
  }
  return { ...one, random, programs };
}

function attempt(one: Asking, op: Step['op'], program: Program, cost: number, id = 'x'): Outcome {
  return one.ask(op, program, cost, { reservationId: id });
}

/** Whether time alone opens it: nothing is reserved or held, so that nobody gives anything back. */
function isTimed({ checks }: Program): boolean {
  const held = new Set(['level', 'concurrency', 'size']);
  return checks.every(({ holdMs, kind }) => holdMs === 0 && !held.has(kind));
}

/** Whether what is told as left is the most that is let in: a grace is not told, and what a shadow or a pass lets in is let in. */
function isMonotone({ rungs }: Check): boolean {
  const [lowest] = rungs;
  return lowest === undefined || (lowest.permille <= 1000 && rungs.every(({ does }) => does === 'refuse'));
}

describe('a wait', () => {
  it('is exact: refused 1 ms before, admitted then, nobody else coming', () => {
    let proved = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const at = scene(seed, isTimed);
        for (const program of at.programs) {
          const asked = at.peek(program, 1);
          if (asked.no !== 'until' || at.clock.wallMs() + asked.retryAfterMs >= program.validUntilMs) continue;
          at.clock.advance(asked.retryAfterMs - 1);
          expect(at.peek(program, 1).allowed, '1 ms before').toBe(false);
          at.clock.advance(1);
          expect(at.peek(program, 1).allowed, 'then').toBe(true);
          proved++;
        }
      }),
      { numRuns: 1500 },
    );
    expect(proved).toBeGreaterThan(50);
  });

  it('is told with what is left: exactly the largest cost that the limit alone admits', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const at = scene(seed, () => true);
        const program = at.random.pick(at.programs);
        const { figures, status } = at.peek(program, 0);
        if (status !== 'ok') return;
        program.checks.forEach((check, i) => {
          if (check.shadow || check.kind === 'block' || check.atLeast > 0 || check.count === 'denials') return;
          if (!isMonotone(check)) return;
          const left = figures[i * FIGURES]!;
          const waitFor = (cost: number): number =>
            at.peek(program, 0, { costs: program.checks.map((_, j) => (j === i ? cost : 0)) }).waits[i] ?? 0;
          expect(waitFor(left), `${check.kind}: ${left}`).toBe(0);
          expect(waitFor(left + 1), `${check.kind}: ${left} and one more`).not.toBe(0);
        });
      }),
      { numRuns: 400 },
    );
  });
});

describe('a denial', () => {
  const CHARGED_BY_DENIALS = new Set(['block']);

  it('leaves every admission count, level, permit and reservation byte for byte as it was', () => {
    let denials = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = seeded(seed);
        const clock = manualClock();
        const world = randomWorld(random, clock.wallMs());
        const store = plainStore({ clock });
        const one = asking(clock, store);
        for (let i = 0; i < 40; i++) {
          clock.advance(random.chance(0.7) ? 0 : random.int(0, 200));
          const program = random.pick(world.programs);
          const cost = random.int(0, 4);
          attempt(one, 'peek', program, cost, `${i}`);
          const before = texts(store, program);
          const { allowed, status } = attempt(one, 'decide', program, cost, `${i}`);
          if (allowed || status !== 'ok') continue;
          expect(texts(store, program)).toEqual(before);
          denials++;
        }
      }),
      { numRuns: 120 },
    );
    expect(denials).toBeGreaterThan(200);
  });

  /** Every record's JSON, without the counters that this program's denials may change: attempts and blocks. */
  function texts(store: ReturnType<typeof plainStore>, { checks }: Program): Record<string, unknown> {
    const changing = new Set(
      checks
        .filter(({ kind, count }) => count !== 'admitted' || CHARGED_BY_DENIALS.has(kind))
        // With what says by which figure it counts.
        .flatMap(({ limitId, slot, scaledBy }) => [`${limitId}:${slot}`, `${scaledBy}:${slot}`]),
    );
    return Object.fromEntries(
      [...store.dump()].map(([name, text]) => {
        const { counters, ...rest } = JSON.parse(text) as { counters: Record<string, unknown> }; // As the plain store writes it.
        return [name, { ...rest, counters: Object.entries(counters).filter(([counter]) => !changing.has(counter)) }];
      }),
    );
  }
});

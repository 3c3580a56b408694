import { describe, expect, it } from 'vitest';
import { segmentOf, type Program, type Segment } from '../../src/core/index.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { manualClock, programOf, seeded } from '../../src/testing/index.ts';
import { asking, mostInAnyWindow, type Asking } from './asking.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365 * DAY_MS;
const AMOUNT = 5;

/** Calendar days from a day before `nowMs` to three after. */
function days(nowMs: number, amount: number): Segment[] {
  const first = Math.floor(nowMs / DAY_MS) - 1;
  return Array.from({ length: 5 }, (_, i) => {
    const fromAtMs = (first + i) * DAY_MS;
    return segmentOf({ kind: 'quota', amount, fromAtMs, untilAtMs: fromAtMs + DAY_MS, periodAtMs: fromAtMs });
  });
}

function quotaProgram(nowMs: number): Program {
  return programOf({ kind: 'quota', segments: days(nowMs, AMOUNT), limitId: 1 });
}

/** Somebody asks, others come and go, and the clock is set about by up to an hour, for a year. */
function* yearOfJumps(at: Asking, jump: (ms: number) => void, seed: number): Generator<string> {
  const random = seeded(seed);
  let skewMs = 0;
  for (let ms = 0; ms < YEAR_MS;) {
    const pause = random.chance(0.5) ? random.int(0, HOUR_MS / 4) : random.int(0, 9 * HOUR_MS);
    at.clock.advance(pause);
    ms += pause;
    if (random.chance(0.3)) {
      const to = random.int(-HOUR_MS, HOUR_MS);
      jump(to - skewMs);
      skewMs = to;
    }
    yield random.chance(0.5) ? 'k' : `other ${random.int(0, 50)}`;
  }
}

describe('a year of clocks set by up to an hour', () => {
  it('opens no quota beyond its amount a day, and keeps nobody out longer than a day', () => {
    const at = asking();
    const byDay = new Map<number, number>();
    let refusedSinceMs = 0;
    let longestMs = 0;
    for (const key of yearOfJumps(at, (ms) => at.clock.jump(ms), 11)) {
      const wall = at.clock.wallMs();
      const { allowed, status } = at.decide(quotaProgram(wall), 1, { keys: [key] });
      expect(status).toBe('ok');
      if (key !== 'k') continue;
      // A clock set back over midnight goes on with the day that was begun.
      const day = Math.max(Math.floor(wall / DAY_MS), ...byDay.keys());
      if (allowed) byDay.set(day, (byDay.get(day) ?? 0) + 1);
      refusedSinceMs = allowed ? 0 : refusedSinceMs || at.clock.monotonicMs();
      longestMs = Math.max(longestMs, allowed ? 0 : at.clock.monotonicMs() - refusedSinceMs);
    }
    expect(longestMs).toBeLessThan(DAY_MS + 2 * HOUR_MS);
    expect(byDay.size).toBeGreaterThan(300);
    expect(Math.max(...byDay.values())).toBe(AMOUNT);
  });

  it('changes nothing for rates, which do not see wall time', () => {
    const [still, moved] = [asking(manualClock(), undefined), asking(manualClock(), undefined)];
    const program = programOf(
      { kind: 'sliding', amount: AMOUNT, windowMs: HOUR_MS, slices: 16 },
      { kind: 'bucket', amount: 9, windowMs: HOUR_MS },
      { kind: 'fixed', amount: 7, windowMs: HOUR_MS },
    );
    let lastMs = still.clock.monotonicMs();
    for (const key of yearOfJumps(moved, (ms) => moved.clock.jump(ms), 12)) {
      still.clock.advance(moved.clock.monotonicMs() - lastMs);
      lastMs = moved.clock.monotonicMs();
      const [expected, got] = [still, moved].map((one) => one.decide(program, 2, { keys: [key] }));
      expect([got!.allowed, got!.retryAfterMs, got!.figures]).toEqual([
        expected!.allowed,
        expected!.retryAfterMs,
        expected!.figures,
      ]);
    }
  });

  it.each(['fixed', 'sliding', 'gap', 'bucket'] as const)(
    'of both clocks, opens no %s beyond what time itself let pass, and locks nobody out',
    (kind) => {
      const at = asking();
      const windowMs = 2 * HOUR_MS;
      const program = programOf({ kind, amount: AMOUNT, windowMs, ...(kind === 'sliding' && { slices: 16 }) });
      /** True time: what passed, whatever the clocks say. */
      let trueMs = 0;
      let setMs = 0;
      let lastMs = at.clock.monotonicMs();
      const log: { atMs: number; units: number }[] = [];
      for (const key of yearOfJumps(
        at,
        (ms) => {
          setMs += ms;
          at.clock.jumpBoth(ms);
        },
        13,
      )) {
        trueMs += at.clock.monotonicMs() - lastMs - setMs;
        lastMs = at.clock.monotonicMs();
        setMs = 0;
        const { allowed, retryAfterMs } = at.decide(program, 1, { keys: [key] });
        expect(retryAfterMs).toBeLessThanOrEqual(windowMs + windowMs / 16);
        if (allowed && key === 'k') log.push({ atMs: trueMs, units: 1 });
      }
      // A clock set forward by up to two hours may end one window early: no more than that.
      expect(mostInAnyWindow(log, windowMs)).toBeLessThanOrEqual(3 * AMOUNT);
      expect(log.length).toBeGreaterThan(500);
    },
  );
});

describe('a quota, day by day for a hundred years of changes', () => {
  it('admits its amount every day, and counts it in that day alone', () => {
    const at = asking();
    const random = seeded(14);
    const used = new Map<number, number>();
    for (let i = 0; i < 20_000; i++) {
      at.clock.advance(random.chance(0.7) ? random.int(0, HOUR_MS) : random.int(0, 40 * DAY_MS));
      const wall = at.clock.wallMs();
      const day = Math.floor(wall / DAY_MS);
      const cost = random.int(0, 3);
      const before = used.get(day) ?? 0;
      const { allowed, figures } = at.decide(quotaProgram(wall), cost);
      expect(allowed, `day ${day}`).toBe(before + cost <= AMOUNT);
      if (allowed) used.set(day, before + cost);
      expect(figures).toEqual([AMOUNT - (used.get(day) ?? 0), (day + 1) * DAY_MS - wall]);
    }
  });
});

describe('a clock that is none', () => {
  it.each([NaN, Infinity, 0.5, '7' as unknown as number, undefined as unknown as number])(
    'that tells %s is refused, whatever was asked, and charged nothing',
    (ms) => {
      let told = 1_735_689_600_000;
      const at = asking(undefined, memoryStore({ clock: { monotonicMs: () => told, wallMs: () => told } }));
      const program = programOf({ kind: 'fixed', amount: 3, windowMs: 1000 });
      at.decide(program);
      told = ms;
      for (const op of ['decide', 'peek', 'reset'] as const)
        expect(() => at.ask(op, program)).toThrow(/^ERR_CLOCK: monotonicMs: expected whole ms, got /);
      told = 1_735_689_600_000;
      expect(at.peek(program, 0).figures[0]).toBe(2);
    },
  );
});

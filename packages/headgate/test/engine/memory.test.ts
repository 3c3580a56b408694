import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_ENTRIES, nextProgramId, REMEMBER_MS, type Program, type Step } from '../../src/core/index.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { manualClock, plainStore, programOf, seeded } from '../../src/testing/index.ts';
import { asking, type Asking } from './asking.ts';

const WINDOW_MS = 1000;
const LIMIT = { kind: 'fixed', amount: 3, windowMs: WINDOW_MS } as const;

function small(maxRecords: number): Asking & { readonly records: () => number; readonly overflowed: () => number } {
  const clock = manualClock();
  const store = memoryStore({ clock, maxRecords, random: () => 0x5eed });
  return { ...asking(clock, store), records: () => store.stats().records, overflowed: () => store.stats().overflowed };
}

function admitted(at: Asking, program: Program, times: number, key: string): number {
  let count = 0;
  for (let i = 0; i < times; i++) if (at.decide(program, 1, { keys: [key] }).allowed) count++;
  return count;
}

describe('a full memory store', () => {
  it('keeps a record that holds a charge, however many fresh keys are sprayed', () => {
    const at = small(100);
    const program = programOf(LIMIT);
    expect(admitted(at, program, 5, 'victim')).toBe(3);
    for (let i = 0; i < 5000; i++) at.decide(program, 1, { keys: [`spray ${i}`] });
    expect(admitted(at, program, 5, 'victim')).toBe(0);
    at.clock.advance(WINDOW_MS);
    expect(admitted(at, program, 5, 'victim')).toBe(3);
  });

  it('is bounded: records stay at the limit and the few rows that are shared', () => {
    const at = small(100);
    const program = programOf(LIMIT);
    for (let i = 0; i < 5000; i++) at.decide(program, 1, { keys: [`spray ${i}`] });
    expect(at.records()).toBeLessThanOrEqual(100 + 64);
    expect(at.overflowed()).toBeGreaterThan(4000);
  });

  it('admits no more to a key because others were sprayed, whenever and however often', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (seed) => {
        const random = seeded(seed);
        const at = small(random.int(1, 40));
        const program = programOf({ ...LIMIT, kind: random.pick(['fixed', 'sliding', 'bucket', 'gap']), slices: 8 });
        const log: number[] = [];
        for (let i = 0; i < 300; i++) {
          at.clock.advance(random.chance(0.7) ? 0 : random.int(0, 300));
          for (let spray = random.int(0, 20); spray > 0; spray--)
            at.decide(program, 1, { keys: [`${seed} ${random.int(0, 200)}`] });
          if (at.decide(program, 1, { keys: ['victim'] }).allowed) log.push(at.clock.monotonicMs());
        }
        for (const fromMs of log)
          expect(log.filter((ms) => ms >= fromMs && ms < fromMs + WINDOW_MS).length).toBeLessThanOrEqual(6);
      }),
      { numRuns: 60 },
    );
  });

  it('denies nobody for ever: after the spray, every key gets its own again', () => {
    const at = small(50);
    const program = programOf(LIMIT);
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < 500; i++) at.decide(program, 1, { keys: [`spray ${round} ${i}`] });
      at.clock.advance(WINDOW_MS);
    }
    at.clock.advance(WINDOW_MS);
    for (let i = 0; i < 40; i++) expect(admitted(at, program, 5, `late ${i}`)).toBe(3);
  });

  it('knows every key, and forgets what is idle, while it grows beyond one map', () => {
    const at = small(100_000);
    const program = programOf({ ...LIMIT, windowMs: 60_000 });
    for (let i = 0; i < 20_000; i++) at.decide(program, 1, { keys: [`${i}`] });
    for (let i = 0; i < 20_000; i += 3) expect(at.decide(program, 1, { keys: [`${i}`] }).figures[0], `${i}`).toBe(1);
    for (let i = 20_000; i < 30_000; i++) at.decide(program, 1, { keys: [`${i}`] });
    for (let i = 0; i < 30_000; i++)
      expect(at.peek(program, 0, { keys: [`${i}`] }).figures[0], `${i}`).toBe(i < 20_000 && i % 3 === 0 ? 1 : 2);
    at.clock.advance(61_000);
    for (let i = 0; i < 30_000; i++) at.decide(program, 1, { keys: [`fresh ${i}`] });
    expect(at.records()).toBeLessThan(32_000);
  });

  it('uses records again that hold nothing', () => {
    const at = small(100);
    const program = programOf(LIMIT);
    for (let i = 0; i < 20_000; i++) {
      at.clock.advance(20);
      at.decide(program, 1, { keys: [`passing ${i}`] });
    }
    expect([at.overflowed(), at.records() <= 100]).toEqual([0, true]);
  });

  it('uses records again whose level came down to nothing', () => {
    const at = small(100);
    const program = programOf({ kind: 'level', amount: 5, holdMs: 50 });
    for (let i = 0; i < 2000; i++) {
      at.clock.advance(20);
      const more = { keys: [`passing ${i}`], reservationId: 'r' };
      at.decide(program, 1, more);
      at.ask('cancel', program, 0, more);
    }
    expect(at.overflowed()).toBe(0);
  });

  it('keeps the records of one step apart, and both, when they stand in one table', () => {
    const at = small(8);
    const one = programOf(LIMIT);
    const [shape] = one.records;
    const two: Program = {
      ...one,
      id: nextProgramId(),
      records: [shape!, shape!],
      checks: [one.checks[0]!, { ...one.checks[0]!, record: 1 }],
    };
    const random = seeded(3);
    const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
    const used = new Map<string, { untilMs: number; units: number }>();
    for (let i = 0; i < 3000; i++) {
      at.clock.advance(random.int(0, 600));
      const now = at.clock.monotonicMs();
      const [a, b] = [random.pick(keys), random.pick(keys)];
      if (a === b) continue;
      const left = (key: string): number => (now < (used.get(key)?.untilMs ?? 0) ? 3 - used.get(key)!.units : 3);
      const expected = left(a) > 0 && left(b) > 0;
      expect(at.decide(two, 1, { keys: [a, b] }).allowed, `step ${i}`).toBe(expected);
      if (!expected) continue;
      for (const key of [a, b])
        used.set(
          key,
          left(key) === 3
            ? { untilMs: now + WINDOW_MS, units: 1 }
            : { ...used.get(key)!, units: used.get(key)!.units + 1 },
        );
    }
  });
});

describe('two versions of a policy, side by side', () => {
  it('keep the counters of limits that both have, while limits and slots are added', () => {
    const at = small(1000);
    const old = programOf({ ...LIMIT, limitId: 1 });
    for (let i = 0; i < 300; i++) at.decide(old, 1, { keys: [`${i}`] });
    const fresh = Array.from({ length: 30 }, (_, slot) =>
      programOf(
        { ...LIMIT, limitId: 1 },
        { kind: 'sliding', amount: 9, windowMs: WINDOW_MS, slices: 16, limitId: 2, slot },
        { kind: 'bucket', amount: 5, windowMs: WINDOW_MS, limitId: 3 },
      ),
    );
    for (let i = 0; i < 300; i++) {
      const key = { keys: [`${i}`] };
      expect(at.decide(fresh[i % 30]!, 1, key).figures.filter((_, n) => n % 2 === 0)).toEqual([1, 8, 4]);
      expect(at.decide(old, 1, key).figures[0]).toBe(0);
      expect(at.peek(fresh[i % 30]!, 0, key).figures.filter((_, n) => n % 2 === 0)).toEqual([0, 8, 4]);
    }
  });

  it('answer as a store of JSON text does, as one policy after another is loaded', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (seed) => {
        const random = seeded(seed);
        const clock = manualClock();
        const [memory, plain] = [memoryStore({ clock, random: () => random.bits() }), plainStore({ clock })];
        const kinds = Array.from({ length: 10 }, () => random.pick(['fixed', 'sliding', 'bucket', 'level'] as const));
        const programs: Program[] = [];
        for (let i = 0; i < 200; i++) {
          if (i % 10 === 0) {
            const limits = kinds.slice(0, 1 + Math.floor(i / 20)).filter(() => random.chance(0.6));
            programs.push(
              programOf(
                ...limits.map((kind) => ({
                  kind,
                  amount: 5,
                  windowMs: 500,
                  ...(kind === 'sliding' && { slices: 4 }),
                  limitId: kinds.indexOf(kind) + 1,
                  slot: random.int(0, 12),
                })),
              ),
            );
          }
          clock.advance(random.chance(0.7) ? 0 : random.int(0, 300));
          const program = random.pick(programs.slice(-3));
          const step: Step = {
            op: 'decide',
            program,
            keys: program.records.map(() => random.pick(['a', 'b', 'c'])),
            costs: program.checks.map(() => random.int(0, 2)),
          };
          const [expected, got] = [plain, memory].map((store) => store.apply(step));
          expect([got!.allowed, got!.figures, got!.waits]).toEqual([
            expected!.allowed,
            expected!.figures,
            expected!.waits,
          ]);
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe('what a record remembers', () => {
  it('is bounded: beyond so many request ids, a decision says that it was charged without being remembered', () => {
    const at = asking();
    const program = programOf({ ...LIMIT, amount: 1e9 });
    for (let i = 0; i < MAX_ENTRIES; i++) expect(at.decide(program, 1, { requestId: `${i}` }).once).toBe(true);
    expect(at.decide(program, 1, { requestId: 'one more' }).once).toBe(false);
    expect(at.decide(program, 1, { requestId: 'one more' }).replayed).toBe(false);
    expect(at.decide(program, 1, { requestId: '0' }).replayed).toBe(true);
    at.clock.advance(REMEMBER_MS);
    expect(at.decide(program, 1, { requestId: 'one more' }).once).toBe(true);
  });

  it('tells when the first of very many ends, whichever was made first, and looks at no other', () => {
    const at = asking();
    const [long, short] = [10_000, 1000].map((holdMs) => programOf({ kind: 'level', amount: 50_001, holdMs }));
    for (let i = 0; i < 50_000; i++) at.decide(long!, 1, { reservationId: `${i}` });
    at.decide(short!, 1, { reservationId: 'behind them' });
    expect(at.peek(long!, 2, { reservationId: 'x' }).retryAfterMs).toBe(1000);
    at.ask('cancel', short!, 1, { reservationId: 'behind them' });
    expect(at.peek(long!, 3, { reservationId: 'x' }).retryAfterMs).toBe(10_000);
    at.clock.advance(5000);
    at.ask('renew', long!, 1, { reservationId: '0' });
    expect(at.peek(long!, 3, { reservationId: 'x' }).retryAfterMs).toBe(5000);
  });

  it('is bounded: beyond so many reservations, a decision is a fault that changes nothing', () => {
    const at = asking();
    const program = programOf({ kind: 'level', amount: 1e9, holdMs: 1000 });
    for (let i = 0; i < MAX_ENTRIES; i++) at.decide(program, 1, { reservationId: `${i}` });
    const before = at.peek(program, 0).figures[0];
    expect(() => at.decide(program, 1, { reservationId: 'one more' })).toThrow(/ERR_RESERVATION_ID/);
    expect(at.peek(program, 0).figures[0]).toBe(before);
    at.clock.advance(1000);
    expect(at.decide(program, 1, { reservationId: 'one more' }).allowed).toBe(true);
  });
});

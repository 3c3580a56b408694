import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manualClock, programOf, seeded, type LimitSpec } from '../../src/testing/index.ts';
import { asking, mostInAnyWindow, visits } from './asking.ts';

const amounts = fc.integer({ min: 1, max: 30 });
const windows = fc.integer({ min: 1, max: 500 });
/** Where on the clock a trace begins: rates must not care. */
const beginnings = fc.integer({ min: 0, max: 1e6 });

function admissions(
  spec: LimitSpec,
  trace: readonly { afterMs: number; cost: number }[],
  beginsAtMs: number,
): { atMs: number; units: number }[] {
  const { clock, decide } = asking(manualClock({ monotonicMs: 1e12 + beginsAtMs }));
  const program = programOf(spec);
  const log: { atMs: number; units: number }[] = [];
  for (const { afterMs, cost } of trace) {
    clock.advance(afterMs);
    if (decide(program, cost).allowed) log.push({ atMs: clock.monotonicMs(), units: cost });
  }
  return log;
}

describe('a sliding window', () => {
  it('never admits more than N in any half-open window, whatever comes', () => {
    fc.assert(
      fc.property(
        amounts,
        windows,
        fc.integer({ min: 2, max: 64 }),
        beginnings,
        visits,
        (amount, windowMs, slices, beginsAtMs, trace) => {
          const log = admissions({ kind: 'sliding', amount, windowMs, slices }, trace, beginsAtMs);
          expect(mostInAnyWindow(log, windowMs)).toBeLessThanOrEqual(amount);
        },
      ),
    );
  });

  it('sustains at least slices/(slices+1) of N', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 5, max: 50 }),
        fc.integer({ min: 2, max: 64 }),
        fc.integer({ min: 1, max: 40 }),
        (amount, slices, sliceMs) => {
          const windowMs = slices * sliceMs;
          const { clock, decide } = asking();
          const program = programOf({ kind: 'sliding', amount, windowMs, slices });
          const rounds = 20;
          let admitted = 0;
          for (let ms = 0; ms < rounds * (slices + 1) * sliceMs; ms++) {
            while (decide(program).allowed) admitted++;
            clock.advance(1);
          }
          // In so many times (slices + 1) slices, N each.
          expect(admitted).toBeGreaterThanOrEqual(rounds * amount);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('a fixed window', () => {
  it('admits at most N from its first charge to its end, and at most 2N in any window', () => {
    fc.assert(
      fc.property(
        amounts,
        windows,
        fc.constantFrom('first', 'clock', 'spread'),
        beginnings,
        visits,
        (amount, windowMs, align, beginsAtMs, trace) => {
          const log = admissions({ kind: 'fixed', amount, windowMs, align }, trace, beginsAtMs).filter(
            ({ units }) => units > 0,
          );
          expect(mostInAnyWindow(log, windowMs)).toBeLessThanOrEqual(2 * amount);
          let rest = align === 'first' ? log : [];
          while (rest.length > 0) {
            const endsAtMs = rest[0]!.atMs + windowMs;
            expect(
              rest.filter(({ atMs }) => atMs < endsAtMs).reduce((sum, { units }) => sum + units, 0),
            ).toBeLessThanOrEqual(amount);
            rest = rest.filter(({ atMs }) => atMs >= endsAtMs);
          }
        },
      ),
    );
  });
});

/** The bucket of the books, with nothing but big integers: tokens × window, filled by amount each ms. */
class TokenBucket {
  readonly #amount: bigint;
  readonly #windowMs: bigint;
  readonly #full: bigint;
  #parts: bigint;
  #atMs: number;

  constructor(amount: number, windowMs: number, burst: number, nowMs: number) {
    this.#amount = BigInt(amount);
    this.#windowMs = BigInt(windowMs);
    this.#full = BigInt(burst) * this.#windowMs;
    this.#parts = this.#full;
    this.#atMs = nowMs;
  }

  take(cost: number, nowMs: number): boolean {
    const filled = this.#parts + BigInt(nowMs - this.#atMs) * this.#amount;
    this.#parts = filled > this.#full ? this.#full : filled;
    this.#atMs = nowMs;
    const wanted = BigInt(cost) * this.#windowMs;
    if (wanted > this.#parts) return false;
    this.#parts -= wanted;
    return true;
  }

  get left(): number {
    return Number(this.#parts / this.#windowMs);
  }
}

describe('a bucket', () => {
  const rates = [
    [100, 60_000, 100],
    [7, 1000, 3],
    [1, 3_600_000, 5],
    [10_000_000_000, 86_400_000, 10_000_000_000],
    [9_999_999_967, 86_400_000, 1_000_000],
    [1_000_003, 999_983, 12],
  ] as const;

  it.each(rates)(
    'is the integer token bucket of %i in %i ms and burst %i, decision for decision, for a year',
    (amount, windowMs, burst) => {
      const random = seeded(amount % 4_294_967_291);
      const { clock, decide } = asking();
      const program = programOf({ kind: 'bucket', amount, windowMs, burst });
      const book = new TokenBucket(amount, windowMs, burst, clock.monotonicMs());
      const year = clock.monotonicMs() + 366 * 86_400_000;
      while (clock.monotonicMs() < year) {
        const pauses = [0, 1, random.int(0, 50), random.int(0, windowMs), random.int(0, 20_000_000)];
        clock.advance(random.chance(0.98) ? random.pick(pauses) : random.int(0, 10 * windowMs));
        const cost = random.chance(0.5) ? random.int(0, 3) : random.int(0, burst);
        const { allowed, figures } = decide(program, cost);
        const now = clock.monotonicMs();
        expect([allowed, figures[0]], `at ${now}, cost ${cost}`).toEqual([book.take(cost, now), book.left]);
      }
    },
  );

  it('refuses at load what it could not count exactly', () => {
    expect(() => programOf({ kind: 'bucket', amount: 3, windowMs: 1000, burst: 2 ** 45 })).toThrow(/ERR_AMOUNT_RANGE/);
  });

  it('settled, has no more room than if the actual cost had been charged at first, even where its rate changed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (seed) => {
        const random = seeded(seed);
        const [truth, tried] = [asking(), asking()];
        const at = (amount: number, windowMs: number) =>
          programOf({ kind: 'bucket', amount, windowMs, burst: 40, limitId: 1, holdMs: 1e9 });
        const versions = [at(100, 600), at(7, 100), at(1, 100), at(random.int(1, 50), 100)];
        const ids: { id: string; actual: number }[] = [];
        let lastVersion = versions[0]!;
        for (let i = 0; i < 8; i++) {
          const pause = random.int(0, 200);
          lastVersion = random.chance(0.7) ? lastVersion : random.pick(versions);
          const reserved = random.int(1, 12);
          // Not 0: what is not charged at all does not tell what has flowed in until then, at the rate of that time.
          const actual = random.int(1, reserved);
          for (const one of [truth, tried]) one.clock.advance(pause);
          const id = `${i}`;
          if (!tried.decide(lastVersion, reserved, { reservationId: id }).allowed) continue;
          truth.decide(lastVersion, actual, { reservationId: id });
          ids.push({ id, actual });
          if (!random.chance(0.5)) continue;
          const done = ids.splice(random.int(0, ids.length - 1), 1)[0]!;
          tried.ask('settle', lastVersion, done.actual, { reservationId: done.id });
        }
        for (const { id, actual } of ids) tried.ask('settle', lastVersion, actual, { reservationId: id });
        const room = (one: typeof truth): number => one.peek(lastVersion, 0).figures[0]!;
        expect(room(tried)).toBeLessThanOrEqual(room(truth));
      }),
      { numRuns: 2000 },
    );
  });
});

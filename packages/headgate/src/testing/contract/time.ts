import { programOf, same, segmentsOf, type LimitSpec } from './ask.ts';
import type { Claim } from './claim.ts';

const WINDOW_MS = 1000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const RATES: readonly LimitSpec[] = [
  { kind: 'fixed', amount: 3, windowMs: WINDOW_MS },
  { kind: 'gap', amount: 3, windowMs: WINDOW_MS },
  { kind: 'sliding', amount: 3, windowMs: WINDOW_MS, slices: 10 },
  { kind: 'bucket', amount: 3, windowMs: WINDOW_MS },
];

export const time: readonly Claim[] = [
  {
    name: 'a rate does not see wall time: set forward or back, it opens nothing and delays nobody',
    run: async (a) => {
      for (const [i, spec] of RATES.entries()) {
        const program = programOf({ ...spec, limitId: i + 1 });
        const key = spec.kind;
        same(await a.admitted(program, 4, { key }), 3, key);
        const { retryAfterMs } = await a.peek(program, { key });
        for (const ms of [HOUR_MS, -HOUR_MS, -HOUR_MS, HOUR_MS]) {
          a.clock.jump(ms);
          same((await a.peek(program, { key })).retryAfterMs, retryAfterMs, `${key} after ${ms} ms`);
        }
      }
    },
  },
  {
    name: 'a clock that goes back as a whole opens nothing, and locks nobody out longer than a window',
    run: async (a) => {
      for (const [i, spec] of RATES.entries()) {
        const program = programOf({ ...spec, limitId: i + 1 });
        const key = spec.kind;
        a.clock.advance(4 * HOUR_MS);
        same(await a.admitted(program, 4, { key }), 3, key);
        a.clock.jumpBoth(-HOUR_MS);
        same(await a.admitted(program, 4, { key }), 0, `${key}, an hour ago`);
        const { retryAfterMs } = await a.peek(program, { key });
        same(retryAfterMs > 0 && retryAfterMs <= WINDOW_MS + WINDOW_MS / 10, true, `${key} waits ${retryAfterMs} ms`);
        await a.provenWait(program, { key });
        a.clock.advance(2 * WINDOW_MS);
        same(await a.left(program, { key }), 3, `${key}, all of it`);
      }
    },
  },
  {
    name: 'a block does not outlive its length when the clock goes back',
    run: async (a) => {
      const program = programOf({ ...RATES[0]!, amount: 1 }, { kind: 'block', amount: 1, blockMs: [500], trigger: 0 });
      await a.admitted(program, 2);
      a.clock.jumpBoth(-HOUR_MS);
      same((await a.decide(program, { cost: 0 })).retryAfterMs, 500, 'as if it had just begun');
    },
  },
  {
    name: 'an exact wait holds over several limits, schedules and calendars at once',
    run: async (a) => {
      const now = a.clock.wallMs();
      const day = segmentsOf({ kind: 'quota', fromAtMs: now }, [
        [now + 5000, 4],
        [now + DAY_MS, 2],
        [now + 2 * DAY_MS, 9],
      ]);
      const hours = segmentsOf({ kind: 'sliding', windowMs: 2000, fromAtMs: now }, [
        [now + 1500, 6],
        [now + 9000, 3],
        [now + 3 * DAY_MS, 8],
      ]);
      const program = programOf(
        { ...RATES[3]!, burst: 5 },
        { kind: 'quota', segments: day, record: 1 },
        { kind: 'sliding', windowMs: 2000, slices: 8, segments: hours },
      );
      for (const cost of [1, 2, 3]) {
        await a.admitted(program, 6);
        const { no } = await a.peek(program, { cost });
        same(no, 'until', `cost ${cost}`);
        await a.provenWait(program, { cost });
      }
    },
  },
  {
    name: 'a record is kept while it holds something, however many others come',
    run: async (a) => {
      const now = a.clock.wallMs();
      const segments = segmentsOf({ kind: 'quota', fromAtMs: now }, [
        [now + DAY_MS, 3],
        [now + 2 * DAY_MS, 3],
      ]);
      const program = programOf(
        { kind: 'quota', segments },
        { kind: 'level', amount: 3 },
        { ...RATES[0]!, amount: 100 },
      );
      same(await a.admitted(program, 5), 3, 'admitted');
      for (let i = 0; i < 200; i++) {
        a.clock.advance(10);
        await a.decide(program, { key: `other ${i}` });
      }
      same(await a.admitted(program, 5), 0, 'two windows later');
    },
  },
  {
    name: 'a quota is kept past the end of its period: a clock set back does not find it gone',
    run: async (a) => {
      const now = a.clock.wallMs();
      const segments = segmentsOf({ kind: 'quota', fromAtMs: now }, [
        [now + DAY_MS, 3],
        [now + 2 * DAY_MS, 3],
      ]);
      const program = programOf({ kind: 'quota', segments });
      a.clock.advance(DAY_MS - 1000);
      same(await a.admitted(program, 5), 3, 'admitted');
      a.clock.jump(-HOUR_MS);
      a.clock.advance(HOUR_MS / 2);
      for (let i = 0; i < 200; i++) await a.decide(program, { key: `other ${i}` });
      same(await a.admitted(program, 5), 0, 'the same day still');
    },
  },
  {
    name: 'a clock that tells no whole milliseconds is a fault that changes nothing',
    run: async (a) => {
      const now = a.clock.wallMs();
      const segments = segmentsOf({ kind: 'quota', fromAtMs: now }, [[now + DAY_MS, 3]]);
      const [rate, quota] = [
        programOf({ ...RATES[0]!, amount: 3, limitId: 1 }),
        programOf({ kind: 'quota', segments, limitId: 2 }),
      ];
      for (const program of [rate, quota]) same(await a.admitted(program, 1), 1, 'admitted');
      a.clock.jump(0.5);
      same(await a.fault('decide', quota), 'ERR_CLOCK', 'wall time');
      same(await a.admitted(rate, 1), 1, 'a rate sees no wall time');
      a.clock.jump(-0.5);
      a.clock.advance(0.5);
      for (const op of ['decide', 'peek', 'reset'] as const) same(await a.fault(op, rate), 'ERR_CLOCK', op);
      a.clock.advance(0.5);
      same(await a.left(rate), 1, 'left of the rate');
      same(await a.left(quota), 2, 'left of the quota');
    },
  },
];

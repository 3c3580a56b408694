import { FOREVER, segmentOf } from '../../core/index.ts';
import { programOf, same, segmentsOf } from './ask.ts';
import type { Claim } from './claim.ts';

const DAY_MS = 86_400_000;

export const quotas: readonly Claim[] = [
  {
    name: 'quota: admits N a period, and begins anew at the first instant of the next',
    run: async (a) => {
      const now = a.clock.wallMs();
      const segments = segmentsOf({ kind: 'quota', fromAtMs: now }, [
        [now + DAY_MS, 5],
        [now + 2 * DAY_MS, 5],
      ]);
      const program = programOf({ kind: 'quota', segments });
      a.clock.advance(1000);
      same(await a.admitted(program, 7), 5, 'admitted');
      same((await a.peek(program)).figures, [0, DAY_MS - 1000], 'figures');
      same(await a.provenWait(program), DAY_MS - 1000, 'wait');
      same(await a.admitted(program, 7), 5, 'the next day');
    },
  },
  {
    name: 'quota: an amount that changes within a period keeps what was used',
    run: async (a) => {
      const now = a.clock.wallMs();
      const part = (from: number, until: number, amount: number) =>
        segmentOf({ kind: 'quota', amount, fromAtMs: now + from, untilAtMs: now + until, periodAtMs: now });
      const program = programOf({
        kind: 'quota',
        segments: [part(0, 100, 100), part(100, 200, 50), part(200, DAY_MS, 200)],
      });
      await a.decide(program, { cost: 70 });
      a.clock.advance(100);
      same([await a.left(program), (await a.peek(program)).retryAfterMs], [0, 100], 'fifty');
      a.clock.advance(100);
      same(await a.left(program), 130, 'two hundred');
    },
  },
  {
    name: 'what lasts tells how much counts, also where that is more than its amount; what is left is nothing then',
    run: async (a) => {
      const untilAtMs = a.clock.wallMs() + DAY_MS;
      const segments = (amount: number) =>
        segmentsOf({ kind: 'quota', fromAtMs: untilAtMs - DAY_MS }, [[untilAtMs, amount]]);
      const each = (quota: number, level: number, permits: number) =>
        programOf(
          { kind: 'quota', limitId: 1, segments: segments(quota), holdMs: 1000 },
          { kind: 'level', limitId: 2, amount: level, holdMs: 1000 },
          { kind: 'concurrency', limitId: 3, amount: permits, holdMs: 1000 },
        );
      const [wide, narrow] = [each(100, 100, 3), each(5, 100, 1)];
      await a.decide(wide, { costs: [40, 40, 2], reservationId: 'a' });
      same((await a.peek(wide, { reservationId: 'x' })).used, [], 'within the amounts');
      const smaller = await a.decide(narrow, { costs: [1, 1, 1], reservationId: 'b' });
      same([smaller.allowed, smaller.figures[0], smaller.used], [false, 0, [40, -1, 2]], 'smaller amounts');
      await a.ask('settle', wide, { costs: [150, 120, 1], reservationId: 'a' });
      const free = await a.decide(narrow, { costs: [0, 0, 1], reservationId: 'c' });
      same([free.allowed, free.used], [true, [150, 120, -1]], 'settled for more, and what is free passes');
      same((await a.ask('adjust', wide, { costs: [-20, -50, 0] })).used, [130, -1, -1], 'set right');
    },
  },
  {
    name: 'quota: a clock set back over the period’s start opens nothing',
    run: async (a) => {
      const now = a.clock.wallMs();
      const segments = segmentsOf({ kind: 'quota', fromAtMs: now - DAY_MS }, [
        [now, 5],
        [now + DAY_MS, 5],
        [now + 2 * DAY_MS, 5],
      ]);
      const program = programOf({ kind: 'quota', segments });
      same(await a.admitted(program, 7), 5, 'admitted');
      a.clock.jump(-3_600_000);
      same(await a.admitted(program, 7), 0, 'an hour ago');
      a.clock.jump(3_600_000 + DAY_MS);
      same(await a.admitted(program, 7), 5, 'the next day');
    },
  },
  {
    name: 'quota: spent for ever waits for nothing; outside what the program knows it is stale',
    run: async (a) => {
      const now = a.clock.wallMs();
      const ever = programOf({
        kind: 'quota',
        segments: [segmentOf({ kind: 'quota', amount: 2, untilAtMs: FOREVER })],
      });
      same(await a.admitted(ever, 3), 2, 'admitted');
      same([(await a.peek(ever)).no, (await a.peek(ever)).retryAfterMs], ['never', -1], 'never');
      const known = programOf({
        kind: 'quota',
        limitId: 5,
        segments: segmentsOf({ kind: 'quota', fromAtMs: now + 10 }, [[now + 100, 5]]),
      });
      same((await a.decide(known)).status, 'stale', 'too early');
      a.clock.advance(10);
      same((await a.decide(known)).status, 'ok', 'known');
      a.clock.advance(90);
      same((await a.decide(known)).status, 'stale', 'too late');
    },
  },
  {
    name: 'quota: adjusted up and down, never below nothing; a rate cannot be adjusted',
    run: async (a) => {
      const now = a.clock.wallMs();
      const segments = segmentsOf({ kind: 'quota', fromAtMs: now }, [[now + DAY_MS, 10]]);
      const program = programOf({ kind: 'quota', segments }, { kind: 'gap', amount: 5, windowMs: 100 });
      same((await a.ask('adjust', program, { costs: [4, 0] })).figures, [6, DAY_MS, 5, 0], 'up, and no gap begun');
      same((await a.ask('adjust', program, { costs: [-9, 0] })).figures[0], 10, 'down');
      same(await a.fault('adjust', program, { costs: [0, 1] }), 'ERR_VERB', 'a rate');
    },
  },
];

import { idOf } from '../../core/index.ts';
import { programOf, same, segmentsOf } from './ask.ts';
import type { Claim } from './claim.ts';

const FIXED = { kind: 'fixed', amount: 3, windowMs: 1000 } as const;
const SLIDING = { kind: 'sliding', amount: 10, windowMs: 1600, slices: 16 } as const;
const BUCKET = { kind: 'bucket', amount: 10, windowMs: 1000 } as const;

export const rates: readonly Claim[] = [
  {
    name: 'fixed: admits N a window, which begins with the first request and ends exactly a window later',
    run: async (a) => {
      const program = programOf(FIXED);
      a.clock.advance(123);
      same(await a.admitted(program, 5), 3, 'admitted');
      const { figures, retryAfterMs, no } = await a.peek(program);
      same([figures, retryAfterMs, no], [[0, 1000], 1000, 'until'], 'figures');
      same(await a.provenWait(program), 1000, 'wait');
      same(await a.admitted(program, 5), 3, 'admitted after');
    },
  },
  {
    name: 'fixed: windows on the clock and at a phase of the key end where they are told to',
    run: async (a) => {
      a.clock.advance(1);
      const clock = programOf({ ...FIXED, align: 'clock' });
      same(await a.admitted(clock, 5), 3, 'admitted');
      same(await a.provenWait(clock), 999, 'wait');
      const spread = programOf({ ...FIXED, limitId: 9, align: 'spread' });
      same(await a.admitted(spread, 5), 3, 'admitted');
      const wait = await a.provenWait(spread);
      same(await a.admitted(spread, 5), 3, 'admitted after');
      same([wait <= 1000, await a.provenWait(spread)], [true, 1000], 'whole window after');
    },
  },
  {
    name: 'sliding: a unit counts until its whole slice is a window old, and not one ms longer',
    run: async (a) => {
      const program = programOf(SLIDING);
      const start = a.clock.monotonicMs();
      a.clock.advance(1600 - (start % 1600));
      same(await a.admitted(program, 12), 10, 'admitted');
      same(await a.provenWait(program), 1699, 'wait: the slice ends 99 ms after the charge, and leaves a window later');
      a.clock.advance(50);
      same(await a.admitted(program, 4), 4, 'admitted later');
      a.clock.advance(500);
      same(await a.admitted(program, 12), 6, 'the rest');
      same((await a.peek(program)).figures[1], 1650, 'reset of the last slice');
      same(await a.provenWait(program, { cost: 4 }), 1150, 'the first four leave');
      same(await a.left(program), 4, 'left');
    },
  },
  {
    name: 'sliding: a quiet window forgets everything, and a slice is counted once however often the ring turns',
    run: async (a) => {
      const program = programOf({ ...SLIDING, slices: 4 });
      for (let i = 0; i < 12; i++) {
        same(await a.admitted(program, 1, { cost: 2 }), 1, `charge ${i}`);
        a.clock.advance(400);
      }
      same(await a.left(program), 2, 'left of ten, eight being in four whole slices');
      a.clock.advance(5000);
      same(await a.left(program), 10, 'left after a long time');
    },
  },
  {
    name: 'bucket: fills at its rate to its burst, exactly',
    run: async (a) => {
      const program = programOf({ ...BUCKET, burst: 20 });
      same(await a.admitted(program, 30), 20, 'burst');
      same(await a.provenWait(program), 100, 'wait for one');
      same(await a.admitted(program, 2), 1, 'one');
      a.clock.advance(250);
      same(await a.left(program), 2, 'two and a half');
      same((await a.peek(program)).figures[1], 1750, 'full');
      same(await a.provenWait(program, { cost: 5 }), 250, 'wait for five');
      a.clock.advance(1e7);
      same(await a.left(program), 20, 'full');
    },
  },
  {
    name: 'bucket: a rate that does not divide is exact for ever',
    run: async (a) => {
      const program = programOf({ kind: 'bucket', amount: 7, windowMs: 1000, burst: 1 });
      let admitted = 0;
      for (let ms = 0; ms < 10_000; ms++) {
        if ((await a.decide(program)).allowed) admitted++;
        a.clock.advance(1);
      }
      same(admitted, 70, 'in ten seconds, at 7 a second that wait for one another: one each 143 ms');
    },
  },
  {
    name: 'bucket: where nothing flows in, what is spent never comes back, and there is no reset',
    run: async (a) => {
      const program = programOf({ kind: 'bucket', amount: 0, windowMs: 1000, burst: 2 });
      same((await a.peek(program)).figures, [2, 0], 'full');
      same(await a.admitted(program, 3), 2, 'admitted');
      const { no, retryAfterMs, waits, figures } = await a.peek(program);
      same([no, retryAfterMs, waits, figures], ['never', -1, [-1], [0, -1]], 'spent');
    },
  },
  {
    name: 'decay: half of what counts is gone each window, and all of it when less than a 65,536th of a unit is left',
    run: async (a) => {
      const program = programOf({ kind: 'decay', amount: 100, windowMs: 1000 });
      await a.decide(program, { cost: 100 });
      same(await a.provenWait(program, { cost: 50 }), 1000, 'half');
      same(await a.left(program), 50, 'after a window');
      await a.decide(program, { cost: 25 });
      a.clock.advance(1000);
      same(await a.left(program), 62, 'of 75 are left 37 and a half');
      same(await a.provenWait(program, { cost: 75 }), 585, 'to a quarter: a window times log2(1.5)');
      const { figures } = await a.decide(program, { cost: 0 });
      a.clock.advance(figures[1]! - 1);
      same(await a.left(program), 99, 'a millisecond before its reset');
      a.clock.advance(1);
      same(await a.left(program), 100, 'at its reset');
    },
  },
  {
    name: 'decay: a unit that comes back comes back as far as it still counts',
    run: async (a) => {
      const program = programOf({ kind: 'decay', amount: 100, windowMs: 1000, holdMs: 60_000 });
      await a.decide(program, { cost: 64, reservationId: 'a' });
      a.clock.advance(1000);
      await a.decide(program, { cost: 8, reservationId: 'b' });
      a.clock.advance(1000);
      const settled = await a.ask('settle', program, { cost: 0, reservationId: 'a' });
      same([settled.returned, settled.figures[0]], [16, 96], 'a quarter of the 64; of the 8 a half is left');
      same((await a.ask('settle', program, { cost: 16, reservationId: 'b' })).returned, -4, 'more is halved, too');
    },
  },
  {
    name: 'decay: what was charged before a reset, or before nothing was left, is not given back',
    run: async (a) => {
      const program = programOf({ kind: 'decay', amount: 100, windowMs: 1000 });
      const { nowMs: chargedAtMs } = await a.decide(program, { cost: 8 });
      await a.ask('reset', program);
      a.clock.advance(1);
      await a.decide(program, { cost: 8 });
      same((await a.ask('amend', program, { cost: -8, chargedAtMs })).returned, 0, 'a reset has forgotten it');
    },
  },
  {
    name: 'gap: ends so long after the last charge, and a denial does not push it on',
    run: async (a) => {
      const program = programOf({ kind: 'gap', amount: 2, windowMs: 1000 });
      same(await a.admitted(program, 1), 1, 'first');
      a.clock.advance(900);
      same(await a.admitted(program, 1), 1, 'second');
      a.clock.advance(900);
      same(await a.admitted(program, 1), 0, 'third');
      same(await a.provenWait(program), 100, 'wait');
    },
  },
  {
    name: 'an amount that goes 100, 50, 200 within a window keeps what was used: 70 leaves 0, then 130',
    run: async (a) => {
      for (const kind of ['fixed', 'sliding', 'gap'] as const) {
        const at = (amount: number) =>
          programOf({ kind, amount, windowMs: 60_000, ...(kind === 'sliding' && { slices: 4 }), limitId: idOf(kind) });
        const key = kind;
        same(await a.admitted(at(100), 1, { cost: 70, key }), 1, 'seventy');
        same(
          [await a.left(at(50), { key }), await a.left(at(200), { key }), await a.left(at(100), { key })],
          [0, 130, 30],
          kind,
        );
      }
    },
  },
  {
    name: 'a bucket keeps what is used when its rate changes, rounding against the caller',
    run: async (a) => {
      const at = (amount: number, windowMs = 60_000) => programOf({ kind: 'bucket', amount, windowMs, limitId: 1 });
      same(await a.admitted(at(100), 1, { cost: 70 }), 1, 'seventy');
      same([await a.left(at(50)), await a.left(at(200)), await a.left(at(100))], [0, 130, 30], 'left');
      a.clock.advance(599);
      await a.decide(at(100));
      // 70 units and 1/600 are missing: of a rate that counts in whole units, that is 71.
      same(await a.left(at(60_000)), 60_000 - 71, 'left of a coarser rate');
    },
  },
  {
    name: 'an amount that a schedule changes holds from its instant on, and waits know of it',
    run: async (a) => {
      const now = a.clock.wallMs();
      for (const kind of ['fixed', 'sliding', 'bucket', 'gap'] as const) {
        const segments = segmentsOf({ kind, windowMs: 100_000, fromAtMs: now }, [
          [now + 500, 4],
          [now + 900, 2],
          [now + 1e9, 10],
        ]);
        const program = programOf({ kind, windowMs: 100_000, segments, limitId: idOf(kind) });
        same(await a.admitted(program, 6, { key: kind }), 4, kind);
        same((await a.peek(program, { key: kind })).retryAfterMs, 900, `${kind} waits for the third amount`);
      }
      a.clock.advance(900);
      const segments = segmentsOf({ kind: 'fixed', windowMs: 100_000, fromAtMs: now }, [
        [now + 500, 4],
        [now + 900, 2],
        [now + 1e9, 10],
      ]);
      same(
        await a.left(programOf({ kind: 'fixed', windowMs: 100_000, segments, limitId: idOf('fixed') }), {
          key: 'fixed',
        }),
        6,
        'left of ten',
      );
    },
  },
];

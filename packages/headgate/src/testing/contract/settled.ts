import { idOf, segmentOf, FOREVER } from '../../core/index.ts';
import { programOf, same, segmentsOf } from './ask.ts';
import type { Claim } from './claim.ts';
import { EVERY_RATE, leftOf40, WINDOW_MS } from './every-rate.ts';

export const settled: readonly Claim[] = [
  {
    name: 'of a quota, less comes back while its period runs, and nothing after that',
    run: async (a) => {
      const now = a.clock.wallMs();
      const segments = segmentsOf({ kind: 'quota', fromAtMs: now }, [
        [now + WINDOW_MS, 100],
        [now + 2 * WINDOW_MS, 100],
      ]);
      const program = programOf({ kind: 'quota', segments, holdMs: 60_000 });
      await a.decide(program, { cost: 40, reservationId: 'a' });
      await a.decide(program, { cost: 30, reservationId: 'b' });
      same((await a.ask('settle', program, { cost: 15, reservationId: 'a' })).returned, 25, 'in its period');
      same(await a.left(program, { reservationId: 'x' }), 55, 'left');
      await a.decide(program, { cost: 5, reservationId: 'd' });
      a.clock.advance(WINDOW_MS);
      same(
        (await a.ask('settle', program, { cost: 9, reservationId: 'd' })).returned,
        0,
        'in the next, before anybody else',
      );
      await a.decide(program, { cost: 10, reservationId: 'c' });
      same((await a.ask('cancel', program, { reservationId: 'b' })).returned, 0, 'in the next');
      same(await a.left(program, { reservationId: 'x' }), 90, 'left of the next');
    },
  },
  {
    name: 'what is told to have come back is what really did: nothing of a window that is over, and no more than still counts',
    run: async (a) => {
      for (const rate of EVERY_RATE) {
        const program = programOf({ ...rate, amount: 100, holdMs: 60_000, limitId: idOf(rate.kind) });
        const more = { key: rate.kind, reservationId: 'a' };
        await a.decide(program, { ...more, cost: 40 });
        a.clock.advance(2 * WINDOW_MS);
        same((await a.ask('cancel', program, more)).returned, leftOf40(rate), `${rate.kind} whose window is over`);
        await a.decide(program, { ...more, cost: 40 });
        same((await a.ask('cancel', program, more)).returned, 40, `${rate.kind} whose window runs`);
      }
      const level = programOf({ kind: 'level', amount: 100, holdMs: 60_000, limitId: idOf('level') });
      await a.decide(level, { key: 'level', cost: 40, reservationId: 'a' });
      await a.ask('adjust', level, { key: 'level', cost: -30 });
      same(
        (await a.ask('cancel', level, { key: 'level', reservationId: 'a' })).returned,
        10,
        'a level set right meanwhile',
      );
    },
  },
  {
    name: 'of a bucket, what has flowed in meanwhile does not come back a second time',
    run: async (a) => {
      const program = programOf({ kind: 'bucket', amount: 100, windowMs: WINDOW_MS, holdMs: 60_000 });
      await a.decide(program, { cost: 40, reservationId: 'a' });
      a.clock.advance(WINDOW_MS / 4);
      const { returned, figures } = await a.ask('cancel', program, { reservationId: 'a' });
      same([returned, figures[0]], [15, 100], 'a quarter of the window later');
    },
  },
  {
    name: 'a reservation of whatever is left holds nothing yet, and what it settles to is counted where it was made',
    run: async (a) => {
      for (const rate of EVERY_RATE) {
        const program = programOf({ ...rate, amount: 100, holdMs: 60_000, atLeast: 1, limitId: idOf(rate.kind) });
        const more = { key: rate.kind, reservationId: 'a' };
        same((await a.decide(program, { ...more, cost: 0 })).figures[0], 100, `${rate.kind}: nothing is held`);
        const { status, returned } = await a.ask('settle', program, { ...more, cost: 30 });
        same([status, returned], ['ok', -30], `${rate.kind}: settled`);
        same(await a.left(program, { key: rate.kind, reservationId: 'x' }), 70, `${rate.kind}: counted`);
        same((await a.ask('settle', program, { ...more, cost: 30 })).status, 'unknown', `${rate.kind}: once`);
      }
    },
  },
  {
    name: 'a reservation of whatever is left is counted in its slice of a sliding window, whatever was charged since',
    run: async (a) => {
      const sliding = { kind: 'sliding', windowMs: WINDOW_MS, amount: 100, limitId: 1 } as const;
      const held = programOf({ ...sliding, holdMs: 60_000, atLeast: 1 });
      await a.decide(held, { cost: 0, reservationId: 'a' });
      a.clock.advance(WINDOW_MS / 2);
      await a.decide(programOf(sliding), { cost: 10 });
      same((await a.ask('settle', held, { cost: 30, reservationId: 'a' })).returned, -30, 'settled');
      same(await a.left(programOf(sliding)), 60, 'counted');
    },
  },
  {
    name: 'a reservation of whatever is left needs an id of its own, and keeps what it said when nobody settles it',
    run: async (a) => {
      const program = programOf({ kind: 'level', amount: 100, holdMs: WINDOW_MS, atLeast: 1 });
      same(await a.fault('decide', program, { cost: 0 }), 'ERR_RESERVATION_ID', 'no id');
      await a.decide(program, { cost: 0, reservationId: 'a', losses: [20] });
      same(await a.fault('decide', program, { cost: 0, reservationId: 'a' }), 'ERR_RESERVATION_ID', 'an id in use');
      a.clock.advance(WINDOW_MS);
      same(await a.left(program, { reservationId: 'x' }), 80, 'lost');
    },
  },
  {
    name: 'a part of a reservation is settled or cancelled alone, and the rest stays as it is',
    run: async (a) => {
      const job = { kind: 'concurrency', amount: 1, holdMs: WINDOW_MS, limitId: 1 } as const;
      const money = { kind: 'level', amount: 100, holdMs: WINDOW_MS, limitId: 2 } as const;
      const program = programOf(job, money);
      const [id, ofJob, ofMoney] = [{ reservationId: 'a' }, [true, false], [false, true]];
      await a.decide(program, { ...id, costs: [1, 40] });
      const { status, returned } = await a.ask('settle', program, { ...id, costs: [1, 25], resolves: ofMoney });
      same([status, returned], ['ok', 15], 'the money');
      same((await a.ask('settle', program, { ...id, resolves: ofMoney })).status, 'unknown', 'once');
      same(await a.left(programOf(job), { reservationId: 'x' }), 0, 'the job runs on');
      a.clock.advance(WINDOW_MS - 1);
      same((await a.ask('renew', program, id)).status, 'ok', 'its lease');
      a.clock.advance(WINDOW_MS - 1);
      same((await a.ask('cancel', program, { ...id, resolves: ofJob })).status, 'ok', 'its end');
      same(await a.left(programOf(job), { reservationId: 'x' }), 1, 'is free again');
      same(await a.left(programOf(money), { reservationId: 'x' }), 75, 'what was settled stays');
    },
  },
  {
    name: 'what is held is ended in parts, grows, and what is left of it ends with its lifetime',
    run: async (a) => {
      const job = { kind: 'concurrency', amount: 5, holdMs: WINDOW_MS, limitId: 1 } as const;
      const disk = { kind: 'level', amount: 100, holdMs: WINDOW_MS, limitId: 2 } as const;
      const program = programOf(job, disk);
      const id = { reservationId: 'a' };
      const left = async (): Promise<readonly number[]> => [
        await a.left(programOf(job), { reservationId: 'x' }),
        await a.left(programOf(disk), { reservationId: 'x' }),
      ];
      await a.decide(program, { ...id, costs: [3, 60] });
      // Of 60, 20 turned out to be 15, and stay; one job of three is over.
      const first = await a.ask('settle', program, { ...id, costs: [0, 15], leaves: [2, 40] });
      same([first.status, first.returns, await left()], ['ok', [1, 5], [3, 45]], 'a part');
      const more = await a.ask('settle', program, { ...id, costs: [0, 0], resolves: [true, false], leaves: [6, 0] });
      same([more.status, more.returns, await left()], ['ok', [-4, 0], [0, 45]], 'more than was held');
      same(
        await a.fault('cancel', program, { ...id, leaves: [1, 0] }),
        'ERR_VERB',
        'nothing is left of what is cancelled',
      );
      same(await a.fault('settle', program, { ...id, leaves: [-1, 0] }), 'ERR_COST', 'no units');
      const last = await a.ask('settle', program, { ...id, costs: [0, 0], resolves: [true, false], leaves: [0, 0] });
      same([last.status, last.returns, await left()], ['ok', [6, 0], [5, 45]], 'all of one');
      a.clock.advance(WINDOW_MS);
      same(await left(), [5, 45], 'what nobody ends is lost');
      same((await a.ask('settle', program, { ...id, leaves: [1, 1] })).status, 'unknown', 'its lifetime is over');
    },
  },
  {
    name: 'limits that are never wide enough at the same instant refuse for ever, each alone or not',
    run: async (a) => {
      const falls = a.clock.wallMs() + WINDOW_MS / 2;
      const narrowing = {
        kind: 'quota',
        limitId: 1,
        segments: [
          segmentOf({ kind: 'quota', amount: 5, untilAtMs: falls }),
          segmentOf({ kind: 'quota', amount: 1, fromAtMs: falls, untilAtMs: FOREVER }),
        ],
      } as const;
      const fixed = { kind: 'fixed', amount: 2, windowMs: WINDOW_MS, limitId: 2 } as const;
      // Nothing flows into it: it has no instant of its own to be asked at.
      const dry = { kind: 'bucket', amount: 0, burst: 9, windowMs: WINDOW_MS, limitId: 3 } as const;
      const program = programOf(narrowing, fixed, dry);
      const spent = programOf(fixed, dry);
      same((await a.decide(spent, { cost: 2 })).allowed, true, 'the window is spent');
      const { allowed, no, binding, retryAfterMs, waits } = await a.peek(program, { cost: 2 });
      same([allowed, no, binding, retryAfterMs, waits], [false, 'never', 1, -1, [0, WINDOW_MS, 0]], 'two units');
      same((await a.peek(program, { cost: 1 })).retryAfterMs, WINDOW_MS, 'one unit');
    },
  },
];

import { idOf } from '../../core/index.ts';
import { programOf, same } from './ask.ts';
import type { Claim } from './claim.ts';

const JOBS = { kind: 'concurrency', amount: 2, holdMs: 1000 } as const;

export const held: readonly Claim[] = [
  {
    name: 'concurrency: at most its limit lives, a refusal waits to be freed, and the hint is when the first lifetime ends',
    run: async (a) => {
      const program = programOf(JOBS);
      same((await a.decide(program, { reservationId: 'a' })).allowed, true, 'first');
      a.clock.advance(400);
      same((await a.decide(program, { reservationId: 'b' })).figures[0], 0, 'left after the second');
      const denied = await a.decide(program, { reservationId: 'c' });
      same([denied.allowed, denied.no, denied.retryAfterMs, denied.waits], [false, 'freed', 600, [-2]], 'third');
    },
  },
  {
    name: 'concurrency: what another limit holds of the same record is no hint',
    run: async (a) => {
      const program = programOf(JOBS, { kind: 'level', amount: 100, holdMs: 300 });
      await a.decide(program, { costs: [0, 40], reservationId: 'a' });
      for (const reservationId of ['b', 'c']) await a.decide(program, { costs: [1, 0], reservationId });
      same(
        (await a.decide(program, { costs: [1, 0], reservationId: 'd' })).retryAfterMs,
        1000,
        'until a permit is back',
      );
      a.clock.advance(200);
      same((await a.decide(program, { costs: [1, 0], reservationId: 'd' })).retryAfterMs, 800, 'later');
    },
  },
  {
    name: 'concurrency: a permit comes back once, however often it is released, and by itself when its holder died',
    run: async (a) => {
      const program = programOf(JOBS);
      for (const reservationId of ['a', 'b']) await a.decide(program, { reservationId });
      same((await a.ask('settle', program, { reservationId: 'a', cost: 7 })).status, 'ok', 'release');
      same((await a.ask('cancel', program, { reservationId: 'a' })).status, 'unknown', 'again');
      same(await a.left(program, { reservationId: 'x' }), 1, 'one is free');
      a.clock.advance(999);
      same(await a.left(program, { reservationId: 'x' }), 1, 'until the lifetime ends');
      a.clock.advance(1);
      same(await a.left(program, { reservationId: 'x' }), 2, 'then both');
      same((await a.ask('cancel', program, { reservationId: 'b' })).status, 'unknown', 'too late');
      same(await a.left(program, { reservationId: 'x' }), 2, 'still two');
    },
  },
  {
    name: 'concurrency: a permit comes back whatever a step says is lost; renewed, it lives on',
    run: async (a) => {
      const program = programOf(JOBS);
      await a.decide(program, { reservationId: 'a', losses: [1] });
      a.clock.advance(900);
      same((await a.ask('renew', program, { reservationId: 'a' })).status, 'ok', 'renewed');
      a.clock.advance(900);
      same(await a.left(program, { reservationId: 'x' }), 1, 'alive');
      a.clock.advance(100);
      same(await a.left(program, { reservationId: 'x' }), 2, 'over');
    },
  },
  {
    name: 'level: granted is settled, released and pending, at every step',
    run: async (a) => {
      const program = programOf({ kind: 'level', amount: 100, holdMs: 1000 });
      await a.decide(program, { cost: 40, reservationId: 'a' });
      await a.decide(program, { cost: 30, reservationId: 'b' });
      same(await a.left(program, { reservationId: 'x' }), 30, 'pending');
      same((await a.ask('settle', program, { cost: 25, reservationId: 'a' })).returned, 15, 'settled for less');
      same(await a.left(program, { reservationId: 'x' }), 45, 'after settling');
      same((await a.ask('cancel', program, { reservationId: 'b' })).returned, 30, 'cancelled');
      same(await a.left(program, { reservationId: 'x' }), 75, 'after cancelling');
      const denied = await a.decide(program, { cost: 76, reservationId: 'c' });
      same([denied.no, denied.retryAfterMs], ['freed', 1000], 'no reservation is left to hint at');
      await a.ask('adjust', program, { cost: -100 });
      same(await a.left(program, { reservationId: 'x' }), 100, 'never below nothing');
    },
  },
  {
    name: 'a reservation that nobody settles keeps what it reserved, gives it back, or loses what it said',
    run: async (a) => {
      for (const [lost, losses, left] of [
        ['keep', undefined, 60],
        ['return', undefined, 100],
        ['keep', [15], 85],
      ] as const) {
        const program = programOf({ kind: 'level', amount: 100, holdMs: 1000, lost });
        const key = `${lost} ${String(losses)}`;
        await a.decide(program, { cost: 40, key, reservationId: 'a', ...(losses && { losses }) });
        a.clock.advance(1000);
        same(await a.left(program, { key, reservationId: 'x' }), left, key);
        same((await a.ask('settle', program, { key, cost: 1, reservationId: 'a' })).status, 'unknown', 'too late');
      }
    },
  },
  {
    name: 'a settlement counts at the time of the charge: in the window where it was reserved, or not at all',
    run: async (a) => {
      for (const kind of ['fixed', 'sliding', 'gap'] as const) {
        const program = programOf({
          kind,
          amount: 100,
          windowMs: 1000,
          ...(kind === 'sliding' && { slices: 10 }),
          holdMs: 10_000,
          limitId: idOf(kind),
        });
        const key = kind;
        await a.decide(program, { cost: 60, key, reservationId: 'a' });
        await a.decide(program, { cost: 20, key, reservationId: 'b' });
        same((await a.ask('settle', program, { key, cost: 10, reservationId: 'a' })).returned, 50, `${kind} returned`);
        same(await a.left(program, { key, reservationId: 'x' }), 70, `${kind} less comes back at once`);
        same((await a.ask('settle', program, { key, cost: 120, reservationId: 'b' })).returned, -100, `${kind} more`);
        same((await a.peek(program, { key, reservationId: 'x' })).figures[0], 0, `${kind} more is charged in full`);
        a.clock.advance(3000);
        await a.decide(program, { cost: 60, key, reservationId: 'c' });
        a.clock.advance(3000);
        await a.decide(program, { cost: 30, key, reservationId: 'd' });
        await a.ask('cancel', program, { key, reservationId: 'c' });
        same(
          await a.left(program, { key, reservationId: 'x' }),
          70,
          `${kind} a window that is over gives nothing back`,
        );
      }
    },
  },
  {
    name: 'a bucket gives back what was reserved too much at once, but never what has flowed in already',
    run: async (a) => {
      const program = programOf({ kind: 'bucket', amount: 100, windowMs: 1000, burst: 1000, holdMs: 60_000 });
      await a.decide(program, { cost: 900, key: 'busy', reservationId: 'a' });
      await a.decide(program, { cost: 40, key: 'busy', reservationId: 'b' });
      a.clock.advance(100);
      await a.decide(program, { cost: 10, key: 'busy', reservationId: 'c' });
      await a.ask('settle', program, { cost: 10, key: 'busy', reservationId: 'b' });
      same(await a.left(program, { key: 'busy', reservationId: 'x' }), 90, 'busy: the 30 less come back');
      await a.decide(program, { cost: 50, key: 'idle', reservationId: 'a' });
      a.clock.advance(500);
      await a.decide(program, { cost: 30, key: 'idle', reservationId: 'b' });
      await a.ask('cancel', program, { key: 'idle', reservationId: 'a' });
      same(await a.left(program, { key: 'idle', reservationId: 'x' }), 970, 'idle: the 50 were back before');
    },
  },
  {
    name: 'a gap gives back what was reserved in it, however often it was pushed on since',
    run: async (a) => {
      const program = programOf({ kind: 'gap', amount: 10, windowMs: 1000, holdMs: 60_000 });
      await a.decide(program, { cost: 4, reservationId: 'a' });
      for (let i = 0; i < 3; i++) {
        a.clock.advance(900);
        await a.decide(program, { reservationId: `later ${i}` });
      }
      await a.ask('cancel', program, { reservationId: 'a' });
      same(await a.left(program, { reservationId: 'x' }), 7, 'left');
    },
  },
  {
    name: 'an id that is in use, or none at all, reserves nothing; a peek needs none',
    run: async (a) => {
      const program = programOf(JOBS);
      same(await a.fault('decide', program), 'ERR_RESERVATION_ID', 'none');
      await a.decide(program, { reservationId: 'a' });
      same(await a.fault('decide', program, { reservationId: 'a' }), 'ERR_RESERVATION_ID', 'in use');
      same((await a.peek(program)).allowed, true, 'peek');
      same(await a.left(program), 1, 'left');
    },
  },
];

import { programOf, same } from './ask.ts';
import type { Claim } from './claim.ts';

const TEN = { kind: 'fixed', amount: 10, windowMs: 120_000 } as const;

export const ids: readonly Claim[] = [
  {
    name: 'a request id is charged once, and told again with its reservation for a minute',
    run: async (a) => {
      const program = programOf(TEN, { kind: 'concurrency', amount: 5, holdMs: 90_000 });
      const question = { requestId: 'r', reservationId: 'first' };
      await a.decide(program, question);
      const again = await a.decide(program, question);
      same(
        [again.allowed, again.replayed, again.reservationId, again.figures[0], again.figures[2]],
        [true, true, 'first', 9, 4],
        'again',
      );
      same((await a.peek(program, { requestId: 'r' })).replayed, true, 'peek');
      a.clock.advance(59_999);
      same((await a.decide(program, question)).replayed, true, 'a minute');
      a.clock.advance(1);
      same((await a.decide(program, { requestId: 'r', reservationId: 'second' })).replayed, false, 'forgotten');
      same((await a.peek(program)).figures[0], 8, 'charged twice');
    },
  },
  {
    name: 'a replay is an admission even when nothing is left; a denial is not remembered',
    run: async (a) => {
      const program = programOf({ ...TEN, amount: 1 });
      await a.decide(program, { requestId: 'r' });
      same((await a.decide(program, { requestId: 'r' })).allowed, true, 'replay');
      same((await a.decide(program, { requestId: 's' })).allowed, false, 'denied');
      a.clock.advance(120_000);
      same((await a.decide(program, { requestId: 's' })).replayed, false, 'judged anew');
    },
  },
  {
    name: 'the same id with another cost or operation is a fault that changes nothing; of another subject it is another id',
    run: async (a) => {
      const program = programOf(TEN, { ...TEN, record: 1 });
      await a.decide(program, { requestId: 'r', keys: ['a', 'shared'] });
      same(
        await a.fault('decide', program, { requestId: 'r', keys: ['a', 'shared'], cost: 2 }),
        'ERR_REQUEST_ID_REUSED',
        'another cost',
      );
      same(
        await a.fault('decide', programOf(TEN), { requestId: 'r', key: 'a' }),
        'ERR_REQUEST_ID_REUSED',
        'another operation',
      );
      same((await a.decide(program, { requestId: 'r', keys: ['b', 'shared'] })).figures[2], 8, 'another subject');
      same(
        (await a.ask('refund', program, { requestId: 'r', keys: ['a', 'shared'] })).figures[2],
        9,
        'and each is refunded for itself',
      );
      same((await a.ask('refund', program, { requestId: 'r', keys: ['b', 'shared'] })).figures[2], 10, 'the other too');
    },
  },
  {
    name: 'a refund gives back once what the decision charged, if its window still runs',
    run: async (a) => {
      const program = programOf({ ...TEN, windowMs: 1000 });
      await a.decide(program, { cost: 4, requestId: 'r' });
      await a.decide(program, { cost: 3, requestId: 's' });
      const refund = await a.ask('refund', program, { requestId: 'r' });
      same([refund.status, refund.returned, refund.figures[0]], ['ok', 4, 7], 'refund');
      same((await a.ask('refund', program, { requestId: 'r' })).status, 'unknown', 'again');
      a.clock.advance(1000);
      await a.decide(program, { cost: 5, requestId: 't' });
      await a.ask('refund', program, { requestId: 's' });
      same(await a.left(program), 5, 'the window of the second is over');
    },
  },
  {
    name: 'a reset empties the record, blocks included, keeps live permits, and is not refunded a second time',
    run: async (a) => {
      const program = programOf(
        { ...TEN, amount: 1 },
        { kind: 'block', amount: 1, blockMs: [5000], trigger: 0 },
        { kind: 'concurrency', amount: 3, holdMs: 60_000 },
      );
      await a.decide(program, { requestId: 'r', reservationId: 'a' });
      same((await a.decide(program, { reservationId: 'b' })).retryAfterMs, 120_000, 'denied and blocked');
      const reset = await a.ask('reset', program);
      same([reset.allowed, reset.figures[0], reset.figures[4]], [true, 1, 2], 'reset');
      await a.decide(program, { reservationId: 'c' });
      await a.ask('refund', program, { requestId: 'r' });
      same((await a.peek(program)).figures[0], 0, 'no refund of what was reset');
      await a.ask('cancel', program, { reservationId: 'a' });
      same((await a.peek(program)).figures[4], 2, 'the permit was kept, and came back');
    },
  },
  {
    name: 'a hostile cost is a fault that changes nothing',
    run: async (a) => {
      const program = programOf(TEN, { kind: 'concurrency', amount: 5, holdMs: 1000 });
      const hostile: readonly unknown[] = [
        -1,
        NaN,
        Infinity,
        -Infinity,
        2 ** 53,
        0.5,
        '0x10',
        null,
        1n,
        undefined,
        true,
        [1],
        {},
      ];
      for (const cost of hostile) {
        const costs = [1, cost as number]; // Not a number, on purpose.
        for (const op of ['decide', 'peek', 'settle', 'adjust'] as const) {
          if (op === 'adjust' && cost === -1) continue;
          same(
            await a.fault(op, program, { costs, reservationId: 'a', requestId: 'r' }),
            'ERR_COST',
            `${op} ${String(cost)}`,
          );
        }
      }
      same(await a.fault('decide', program, { costs: [1], reservationId: 'a' }), 'ERR_COST', 'a missing cost');
      same(await a.fault('decide', program, { keys: [7 as unknown as string] }), 'ERR_KEY', 'a key that is no text');
      same((await a.peek(program)).figures[0], 10, 'left');
    },
  },
];

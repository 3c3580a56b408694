import type { Outcome, Program } from '../../core/index.ts';
import { programOf, same, segmentsOf, type Asker, type LimitSpec, type Question } from './ask.ts';
import type { Claim } from './claim.ts';

const DAY_MS = 86_400_000;

/** 5 a day, and grants on top, for three days; an hour has passed. */
function daily(a: Asker, more: Partial<LimitSpec> = {}): Program {
  const now = a.clock.wallMs();
  const days = [1, 2, 3].map((day) => [now + day * DAY_MS, 5] as const);
  a.clock.advance(3_600_000);
  return programOf({ kind: 'quota', slices: 3, segments: segmentsOf({ kind: 'quota', fromAtMs: now }, days), ...more });
}

/** Gives units that end so long from now; without a length of time, never. */
function give(a: Asker, program: Program, id: string, units: number, forMs?: number): Outcome | Promise<Outcome> {
  const endsAtMs = forMs === undefined ? undefined : a.clock.wallMs() + forMs;
  return a.ask('grant', program, { cost: units, grant: { id, endsAtMs } });
}

function fault(a: Asker, program: Program, cost: number, grant?: Question['grant']): Promise<unknown> {
  return a.fault('grant', program, { cost, grant });
}

export const grants: readonly Claim[] = [
  {
    name: 'grants: the period’s own is spent first, then what ends soonest, then what has no end, and stays spent',
    run: async (a) => {
      const program = daily(a);
      await give(a, program, 'bought', 10);
      await give(a, program, 'late', 4, 2 * DAY_MS);
      await give(a, program, 'soon', 3, 2000);
      same(await a.left(program), 22, 'all');
      await a.decide(program, { cost: 6 });
      a.clock.advance(1999);
      same(await a.left(program), 16, 'soon: 2 are left');
      a.clock.advance(1);
      same(await a.left(program), 14, 'at the instant of its end, soon is over');
      await a.decide(program, { cost: 5 });
      a.clock.advance(DAY_MS);
      same(await a.left(program), 14, 'the next day: its own, and the 9 that were bought');
      a.clock.advance(DAY_MS);
      same(await a.left(program), 14, 'late was spent to the last');
    },
  },
  {
    name: 'grants: an amount that was exceeded is owed to the period, and leaves grants as they are',
    run: async (a) => {
      const program = daily(a);
      await a.ask('adjust', program, { cost: 9 });
      await give(a, program, 'bought', 10);
      same(await a.left(program), 10, 'left');
      same([...(await a.peek(program, { cost: 0 })).extras], [10], 'told on top of the amount');
      await a.decide(program, { cost: 4 });
      same([...(await a.peek(program, { cost: 0 })).extras], [10], 'of which 4 were used');
      a.clock.advance(DAY_MS);
      same([...(await a.peek(program, { cost: 0 })).extras], [6], 'today none of them');
    },
  },
  {
    name: 'grants: the same id is given once, and means the same grant',
    run: async (a) => {
      const program = daily(a);
      same([(await give(a, program, 'a', 4)).replayed, (await give(a, program, 'a', 4)).replayed], [false, true], 'a');
      await a.decide(program, { cost: 9 });
      same((await give(a, program, 'a', 4)).replayed, true, 'spent');
      same(await fault(a, program, 5, { id: 'a' }), 'ERR_GRANT', 'other units');
      same(await fault(a, program, 4, { id: 'a', endsAtMs: a.clock.wallMs() + 1 }), 'ERR_GRANT', 'another end');
      same(await a.left(program), 0, 'left');
    },
  },
  {
    name: 'grants: are bounded, and make room when they are over; one that was spent is known for three days',
    run: async (a) => {
      const program = daily(a);
      await give(a, program, 'a', 1);
      await a.decide(program, { cost: 6 });
      await give(a, program, 'b', 1, 1000);
      await give(a, program, 'c', 1);
      same(await fault(a, program, 1, { id: 'd' }), 'ERR_GRANT', 'a fourth');
      a.clock.advance(1000);
      await give(a, program, 'd', 1);
      same(await fault(a, program, 1, { id: 'e' }), 'ERR_GRANT', 'another');
      same(await a.left(program), 2, 'left');
    },
  },
  {
    name: 'grants: what is none is a fault that changes nothing',
    run: async (a) => {
      const program = daily(a);
      const level = programOf({ kind: 'level', amount: 5, limitId: 9 });
      const now = a.clock.wallMs();
      same(await fault(a, program, 1), 'ERR_GRANT', 'without an id');
      for (const id of ['', 'x'.repeat(513), 7 as never]) same(await fault(a, program, 1, { id }), 'ERR_GRANT', 'id');
      for (const endsAtMs of [now, 0, -1, 0.5 + now, 2 ** 53])
        same(await fault(a, program, 1, { id: 'a', endsAtMs }), 'ERR_GRANT', `${endsAtMs}`);
      for (const cost of [-1, NaN, 0.5, 2 ** 53, '3' as never])
        same(await fault(a, program, cost, { id: 'a' }), 'ERR_COST', `${cost}`);
      same(await fault(a, program, Number.MAX_SAFE_INTEGER - 4, { id: 'a' }), 'ERR_GRANT', 'more than can be counted');
      same(await fault(a, level, 1, { id: 'a' }), 'ERR_VERB', 'a level');
      same(await a.left(program), 5, 'left');
    },
  },
  {
    name: 'grants: a refusal says truly whether any wait helps, and how long',
    run: async (a) => {
      const program = daily(a);
      await give(a, program, 'bought', 3);
      await give(a, program, 'soon', 4, 1000);
      await a.decide(program, { cost: 5 });
      same((await a.peek(program, { cost: 13 })).no, 'never', 'more than tomorrow’s own and all that was given');
      same((await a.peek(program, { cost: 9 })).no, 'never', 'by tomorrow the four have ended');
      same(await a.provenWait(program, { cost: 8 }), DAY_MS - 3_600_000, 'tomorrow’s own and the three');
    },
  },
  {
    name: 'grants: what comes back of a charge goes back to where it was drawn, whatever has ended since',
    run: async (a) => {
      const program = daily(a, { holdMs: 3 * DAY_MS });
      await give(a, program, 'bought', 10);
      await give(a, program, 'soon', 2, 1000);
      for (const id of ['a', 'b', 'c']) await a.decide(program, { cost: 5, reservationId: id });
      const settled = await a.ask('settle', program, { cost: 4, reservationId: 'c' });
      same([settled.returned, await a.left(program, { reservationId: 'x' })], [1, 3], 'c: of what was bought');
      a.clock.advance(1000);
      const cancelled = await a.ask('cancel', program, { reservationId: 'b' });
      same([cancelled.returned, await a.left(program, { reservationId: 'x' })], [3, 6], 'b: soon is over');
      a.clock.advance(DAY_MS);
      await a.decide(program, { cost: 7, reservationId: 'd' });
      a.clock.advance(DAY_MS);
      await a.decide(program, { cost: 1, reservationId: 'e' });
      same((await a.ask('settle', program, { cost: 0, reservationId: 'd' })).returned, 2, 'd: yesterday’s own is gone');
      same(await a.left(program, { reservationId: 'x' }), 10, 'left');
    },
  },
  {
    name: 'grants: a settlement for more than was reserved draws on, and a reset leaves what was given',
    run: async (a) => {
      const program = daily(a, { holdMs: 3 * DAY_MS });
      await give(a, program, 'bought', 10);
      await a.decide(program, { cost: 3, reservationId: 'a' });
      same((await a.ask('settle', program, { cost: 7, reservationId: 'a' })).returned, -4, 'settled');
      same(await a.left(program, { reservationId: 'x' }), 8, 'two of its own, two of the grant');
      await a.decide(program, { cost: 4, reservationId: 'b' });
      await a.ask('reset', program);
      same(await a.left(program, { reservationId: 'x' }), 9, 'its own is new; what was drawn stays drawn');
      await a.decide(program, { cost: 7, reservationId: 'c' });
      await a.ask('reset', program);
      same(await a.left(program, { reservationId: 'x' }), 2, 'and what is held of its own stays held');
      same((await a.ask('cancel', program, { reservationId: 'c' })).returned, 7, 'until it comes back');
    },
  },
];

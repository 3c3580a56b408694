import { slicesOf, type Program } from '../../core/index.ts';
import { programOf, same, segmentsOf, type Asker, type LimitSpec } from './ask.ts';
import type { Claim } from './claim.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** 5 a day, of which up to 3 are carried on for so many days; an hour has passed. */
function daily(a: Asker, periods: number, more: Partial<LimitSpec> & { readonly grants?: boolean } = {}): Program {
  const now = a.clock.wallMs();
  const days = [1, 2, 3, 4, 5].map((day) => [now + day * DAY_MS, 5] as const);
  const segments = segmentsOf({ kind: 'quota', fromAtMs: now }, days).map((segment) => ({
    ...segment,
    rollover: { upTo: 3, untilAtMs: segment.untilAtMs + periods * DAY_MS },
  }));
  a.clock.advance(HOUR_MS);
  const { grants = false, ...spec } = more;
  return programOf({ kind: 'quota', slices: slicesOf(grants, periods), segments, ...spec });
}

export const rollover: readonly Claim[] = [
  {
    name: 'rollover: what a period leaves is there in the next, up to so much, and told with the limit',
    run: async (a) => {
      const program = daily(a, 1);
      await a.decide(program, { cost: 1 });
      a.clock.advance(DAY_MS - HOUR_MS - 1);
      same(await a.left(program), 4, 'the last millisecond of the first day');
      a.clock.advance(1);
      same(await a.left(program), 8, 'of the 4 that are left, 3 are carried on');
      same([...(await a.peek(program, { cost: 0 })).extras], [3], 'told on top of the amount');
      await a.decide(program, { cost: 6 });
      same(await a.left(program), 2, 'the day’s own first, and one of those');
      same([...(await a.peek(program, { cost: 0 })).extras], [3], 'of which one was used');
      a.clock.advance(DAY_MS);
      same(await a.left(program), 5, 'its own was used up, and what was carried has ended');
    },
  },
  {
    name: 'rollover: a period that nobody asked in leaves nothing, and what was left before it counts as long as it was to',
    run: async (a) => {
      const program = daily(a, 2);
      await a.decide(program, { cost: 3 });
      a.clock.advance(2 * DAY_MS - HOUR_MS);
      same(await a.left(program), 7, 'the third day: the 2 of the first, none of the second');
      a.clock.advance(DAY_MS - 1);
      same(await a.left(program), 7, 'the last millisecond of the third');
      a.clock.advance(1);
      same(await a.left(program), 5, 'the fourth');
    },
  },
  {
    name: 'rollover: of several periods, what ends soonest is spent first, and it before what was bought with the same end',
    run: async (a) => {
      const program = daily(a, 2, { grants: true });
      const endsAtMs = a.clock.wallMs() - HOUR_MS + 3 * DAY_MS;
      await a.ask('grant', program, { cost: 4, grant: { id: 'bought', endsAtMs } });
      await a.decide(program, { cost: 3 });
      a.clock.advance(DAY_MS);
      await a.decide(program, { cost: 6 });
      a.clock.advance(DAY_MS);
      same(await a.left(program), 10, 'the third day: 5, the one that is left of the first, and what was bought');
      await a.decide(program, { cost: 7 });
      same(await a.left(program), 3, 'one of the first day, one of what was bought');
      a.clock.advance(DAY_MS);
      same(await a.left(program), 5, 'both have ended');
    },
  },
  {
    name: 'rollover: of the same end, what was carried is spent first, and its place is taken: given back after that, it is gone',
    run: async (a) => {
      const program = daily(a, 2, { grants: true, holdMs: 3 * DAY_MS, lost: 'return' });
      const endsAtMs = a.clock.wallMs() - HOUR_MS + 3 * DAY_MS;
      await a.ask('grant', program, { cost: 1, grant: { id: 'bought', endsAtMs } });
      await a.decide(program, { cost: 4, reservationId: 'the first day' });
      a.clock.advance(DAY_MS);
      await a.decide(program, { cost: 5, reservationId: 'its own' });
      await a.decide(program, { cost: 1, reservationId: 'carried' });
      await a.ask('cancel', program, { reservationId: 'its own' });
      a.clock.advance(DAY_MS);
      await a.decide(program, { cost: 1, reservationId: 'the third day' });
      same((await a.ask('cancel', program, { reservationId: 'carried' })).returned, 0, 'another period has its place');
      same(await a.left(program), 8, 'the 4 that are left of its own, 3 of the second day, and what was bought');
    },
  },
  {
    name: 'rollover: what a clock that was set back would carry on twice is told once',
    run: async (a) => {
      const program = daily(a, 1);
      await a.decide(program, { cost: 1 });
      a.clock.advance(DAY_MS);
      await a.decide(program, { cost: 1 });
      await a.ask('reset', program);
      a.clock.jump(-DAY_MS);
      await a.decide(program, { cost: 1 });
      a.clock.jump(DAY_MS);
      const before = await a.left(program);
      same((await a.decide(program)).figures[0], before - 1, 'one less than before');
      same(await a.left(program), before - 1, 'as told');
    },
  },
  {
    name: 'rollover: a refusal says truly whether any wait helps, and how long',
    run: async (a) => {
      const program = daily(a, 1);
      await a.decide(program, { cost: 3 });
      same((await a.peek(program, { cost: 8 })).no, 'never', 'more than tomorrow’s own and what today leaves');
      same(await a.provenWait(program, { cost: 7 }), DAY_MS - HOUR_MS, 'tomorrow’s own and 2');
    },
  },
  {
    name: 'rollover: what comes back of a charge goes back to where it was drawn, and nothing may be given where nothing is sold',
    run: async (a) => {
      const program = daily(a, 1, { holdMs: 3 * DAY_MS });
      await a.decide(program, { cost: 3, reservationId: 'a' });
      a.clock.advance(DAY_MS);
      await a.decide(program, { cost: 6, reservationId: 'b' });
      same((await a.ask('settle', program, { cost: 1, reservationId: 'b' })).returned, 5, 'b');
      same(await a.left(program, { reservationId: 'x' }), 6, 'its own 4, and both that were carried');
      same((await a.ask('cancel', program, { reservationId: 'a' })).returned, 0, 'yesterday’s own is gone');
      same(await a.fault('grant', program, { cost: 1, grant: { id: 'g' } }), 'ERR_VERB', 'a grant');
    },
  },
];

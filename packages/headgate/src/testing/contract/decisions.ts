import { programOf, same } from './ask.ts';
import type { Claim } from './claim.ts';

const SECOND = { kind: 'fixed', amount: 2, windowMs: 1000 } as const;

export const decisions: readonly Claim[] = [
  {
    name: 'a denial by one limit charges none of the others, and a peek charges nothing',
    run: async (a) => {
      const program = programOf(
        { ...SECOND, amount: 5 },
        { kind: 'sliding', amount: 5, windowMs: 1000, slices: 4 },
        { kind: 'bucket', amount: 5, windowMs: 1000 },
        SECOND,
      );
      same(await a.admitted(program, 9), 2, 'admitted');
      await a.peek(program, { cost: 0 });
      same(
        (await a.peek(program)).figures.filter((_, i) => i % 2 === 0),
        [3, 3, 3, 0],
        'left',
      );
    },
  },
  {
    name: 'the longest wait binds, ties go by order, and the wait told is the one after which all admit',
    run: async (a) => {
      const program = programOf(SECOND, { ...SECOND, windowMs: 5000 }, { ...SECOND, windowMs: 5000 });
      await a.admitted(program, 2);
      const { binding, no, retryAfterMs, waits } = await a.peek(program);
      same([binding, no, retryAfterMs, waits], [1, 'until', 5000, [1000, 5000, 5000]], 'told');
      same(await a.provenWait(program), 5000, 'wait');
    },
  },
  {
    name: 'never beats freed, and freed beats until',
    run: async (a) => {
      const program = programOf(SECOND, { kind: 'level', amount: 2 }, { kind: 'size', amount: 10 });
      await a.admitted(program, 2);
      const freed = await a.peek(program);
      same([freed.no, freed.binding, freed.retryAfterMs, freed.waits], ['freed', 1, 1000, [1000, -2, 0]], 'freed');
      const never = await a.peek(program, { cost: 11 });
      same([never.no, never.binding, never.retryAfterMs, never.waits], ['never', 0, -1, [-1, -1, -1]], 'never');
    },
  },
  {
    name: 'a cost above all that a rate can hold is never let in, also where nothing is used yet',
    run: async (a) => {
      for (const kind of ['fixed', 'sliding', 'bucket'] as const) {
        const program = programOf({ kind, amount: 3, windowMs: 1000, limitId: 40 + kind.length });
        const before = await a.decide(program, { cost: 4 });
        same([before.no, before.retryAfterMs, before.waits], ['never', -1, [-1]], kind);
        await a.decide(program);
        const { no, waits } = await a.decide(program, { cost: 4 });
        same([no, waits], ['never', [-1]], `${kind}, in its window`);
      }
    },
  },
  {
    name: 'cost 0 passes when nothing is left, unless something must be left, or a block runs',
    run: async (a) => {
      const program = programOf(SECOND, { kind: 'block', blockMs: [500], trigger: 0, amount: 1 });
      await a.admitted(program, 2);
      same((await a.decide(program, { cost: 0 })).allowed, true, 'free');
      same((await a.peek(programOf({ ...SECOND, atLeast: 1 }), { cost: 0 })).allowed, false, 'something must be left');
      same((await a.decide(program)).allowed, false, 'the denial that sets the block');
      const blocked = await a.decide(program, { cost: 0 });
      same([blocked.allowed, blocked.binding, blocked.retryAfterMs], [false, 1, 500], 'blocked');
    },
  },
  {
    name: 'a limit that counts attempts is charged by denials too, and its wait is computed after',
    run: async (a) => {
      const program = programOf(
        { kind: 'gap', amount: 2, windowMs: 1000, count: 'attempts' },
        { ...SECOND, amount: 1 },
      );
      same(await a.admitted(program, 2), 1, 'admitted');
      const denied = await a.decide(program);
      same([denied.figures[0], denied.retryAfterMs], [0, 1000], 'three attempts');
      a.clock.advance(999);
      same((await a.decide(program)).retryAfterMs, 1000, 'tried again: the gap begins again');
      same(await a.provenWait(program), 1000, 'wait');
    },
  },
  {
    name: 'a block begins at the denial, is not lengthened by trying, escalates, and is forgotten',
    run: async (a) => {
      const program = programOf(
        { ...SECOND, amount: 1, windowMs: 10 },
        { kind: 'block', amount: 1, blockMs: [100, 400], trigger: 0, forgetMs: 1000 },
      );
      const offend = async () => {
        a.clock.advance(10);
        await a.decide(program);
        return (await a.decide(program)).retryAfterMs;
      };
      same(await offend(), 100, 'first');
      a.clock.advance(50);
      same((await a.decide(program)).retryAfterMs, 50, 'trying does not lengthen it');
      same(await a.provenWait(program), 50, 'ends by itself');
      same(await offend(), 400, 'second');
      a.clock.advance(400);
      same(await offend(), 400, 'the last step repeats');
      a.clock.advance(400 + 990);
      same(await offend(), 100, 'forgotten');
    },
  },
  {
    name: 'a shadow limit refuses nothing, tells what it would have done, and counts what it would have let in',
    run: async (a) => {
      const program = programOf(
        { ...SECOND, shadow: true },
        { ...SECOND, amount: 9 },
        { kind: 'block', amount: 1, blockMs: [100], trigger: 0 },
      );
      same(await a.admitted(program, 3), 3, 'admitted');
      const { allowed, waits, figures } = await a.decide(program);
      same([allowed, waits, figures[0], figures[2]], [true, [-3, 0, 0], 0, 5], 'told');
      same((await a.decide(program, { costs: [1, 99, 0] })).waits, [-3, -1, 0], 'nor sets a block');
    },
  },
  {
    name: 'a shadow limit gives back only what it charged',
    run: async (a) => {
      const program = programOf({ kind: 'concurrency', amount: 1, holdMs: 1000, shadow: true });
      await a.decide(program, { reservationId: 'a' });
      same((await a.decide(program, { reservationId: 'b' })).waits, [-3], 'would have been refused');
      await a.ask('cancel', program, { reservationId: 'b' });
      same((await a.peek(program)).figures[0], 0, 'the first still lives');
    },
  },
  {
    name: 'records are found by partition and key, whatever the key',
    run: async (a) => {
      const program = programOf({ ...SECOND, amount: 1 });
      const long = 'k'.repeat(65_536);
      const keys = [
        '',
        '__proto__',
        'constructor',
        '{k}',
        '}k',
        '{',
        'a\0b',
        'a',
        `${long}a`,
        `${long}b`,
        '\ud800',
        '\ud801',
        '\udc00',
        '0',
        '00',
        'é',
        'e\u0301',
      ];
      for (const key of keys) same((await a.decide(program, { key })).allowed, true, JSON.stringify(key.slice(0, 20)));
      for (const key of keys) same((await a.decide(program, { key })).allowed, false, JSON.stringify(key.slice(0, 20)));
    },
  },
  {
    name: 'slots of one limit count apart, the same limit in another program counts together',
    run: async (a) => {
      const at = (slot: number) => programOf({ ...SECOND, limitId: 3, slot });
      same(await a.admitted(at(4), 3), 2, 'one slot');
      same(await a.admitted(at(5), 3), 2, 'another');
      same(
        await a.admitted(programOf({ kind: 'level', amount: 3, limitId: 8 }, { ...SECOND, limitId: 3, slot: 4 }), 1),
        0,
        'the first, in another program',
      );
    },
  },
];

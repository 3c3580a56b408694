import { programOf, same } from './ask.ts';
import type { Claim } from './claim.ts';

const MINUTE = { kind: 'fixed', amount: 10, windowMs: 60_000 } as const;
/** Requests that have all seen the same. */
const MANY = 20;

export const expected: readonly Claim[] = [
  {
    name: 'what a step expects of a counter is looked at before anything is charged: else it is stale, and changes nothing',
    run: async (a) => {
      const program = programOf(MINUTE, { ...MINUTE, record: 1 });
      await a.decide(program, { costs: [3, 1] });
      const wrong = await a.decide(program, { expects: [{ check: 0, least: 8, most: 10 }] });
      same([wrong.status, wrong.allowed], ['stale', false], 'as it does not stand');
      const right = await a.decide(program, {
        expects: [
          { check: 0, least: 5, most: 7 },
          { check: 1, least: 9, most: 9 },
        ],
      });
      same([right.status, right.allowed, right.figures[0], right.figures[2]], ['ok', true, 6, 8], 'as it stands');
    },
  },
  {
    name: 'a counter that is overdrawn, or full, has no room left, and is expected so',
    run: async (a) => {
      const program = programOf(MINUTE);
      await a.decide(program, { cost: 10 });
      const denied = await a.decide(program, { expects: [{ check: 0, least: 0, most: 0 }] });
      same([denied.status, denied.allowed, denied.no], ['ok', false, 'until'], 'full');
    },
  },
  {
    name: 'of many that have seen the same and expect it, one is decided, and the others are told to look again',
    run: async (a) => {
      const program = programOf(MINUTE, { kind: 'level', amount: 90, record: 1 });
      const expects = [{ check: 0, least: 10, most: 10 }];
      const asked = await a.atOnce(MANY, () => a.decide(program, { expects }));
      same(asked.filter(({ status }) => status === 'ok').length, 1, 'decided');
      same(
        (await a.peek(program, { cost: 0 })).figures.filter((_, i) => i % 2 === 0),
        [9, 89],
        'left',
      );
    },
  },
  {
    name: 'an admission that is told again expects nothing any more',
    run: async (a) => {
      const program = programOf(MINUTE);
      const question = { requestId: 'r', expects: [{ check: 0, least: 10, most: 10 }] };
      await a.decide(program, question);
      const again = await a.decide(program, question);
      same([again.status, again.allowed, again.replayed], ['ok', true, true], 'told again');
    },
  },
];

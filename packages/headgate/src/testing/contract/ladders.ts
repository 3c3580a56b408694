import { slicesOf } from '../../core/index.ts';
import { programOf, same, segmentsOf } from './ask.ts';
import type { Claim } from './claim.ts';

const MINUTE = { kind: 'fixed', amount: 10, windowMs: 60_000 } as const;
const SECOND = { kind: 'fixed', amount: 1, windowMs: 1000 } as const;

export const ladders: readonly Claim[] = [
  {
    name: 'a rung above 100 % lets in more, tells nothing more as left, and says which rung decided and what is used',
    run: async (a) => {
      const program = programOf({ ...MINUTE, rungs: [{ permille: 1250, does: 'refuse' }] });
      same(await a.admitted(program, 11), 11, 'admitted');
      const last = await a.decide(program);
      same([last.allowed, last.figures[0], last.rungs, last.used], [true, 0, [-1], [12]], 'the last');
      const denied = await a.decide(program);
      same([denied.allowed, denied.rungs, denied.used], [false, [0], [12]], 'denied');
      same(await a.provenWait(program), 60_000, 'wait');
    },
  },
  {
    name: 'of the rungs that a cost passes the highest decides, and a cost of 0 passes none',
    run: async (a) => {
      const program = programOf({
        ...MINUTE,
        rungs: [
          { permille: 500, does: 'refuse' },
          { permille: 1000, does: 'admit' },
          { permille: 2000, does: 'refuse' },
        ],
      });
      for (const [cost, allowed, rung] of [
        [0, true, -1],
        [5, true, -1],
        [6, false, 0],
        [10, false, 0],
        [11, true, 1],
        [20, true, 1],
        [21, false, 2],
      ] as const) {
        const told = await a.peek(program, { cost });
        same([told.allowed, told.rungs], [allowed, [rung]], `cost ${cost}`);
      }
      same((await a.peek(program, { cost: 21 })).no, 'never', 'more than it ever lets in');
      same((await a.peek(program)).figures[0], 5, 'left of what is not refused');
    },
  },
  {
    name: 'between two rungs at the same number of units nothing is let in, and no wait for it is told',
    run: async (a) => {
      const rungs = [
        { permille: 500, does: 'refuse' },
        { permille: 1000, does: 'admit' },
        { permille: 1001, does: 'refuse' },
      ] as const;
      const fromAtMs = a.clock.wallMs();
      // What comes after the amounts that are known may let it in: never is said of those.
      const segments = segmentsOf({ ...MINUTE, fromAtMs }, [[fromAtMs + 3_600_000, 10]]);
      const program = programOf({ ...MINUTE, segments, rungs });
      same((await a.peek(program, { cost: 9 })).no, 'never', '1001 per mille of 10 are 10');
    },
  },
  {
    name: 'a wait that outlasts what was bought is told as a rung is by then',
    run: async (a) => {
      const [hourMs, now] = [3_600_000, a.clock.wallMs()];
      const segments = segmentsOf({ kind: 'quota', fromAtMs: now }, [[now + 9 * hourMs, 4]]);
      const program = programOf(
        { ...SECOND, windowMs: hourMs },
        { kind: 'quota', slices: slicesOf(true, 0), segments, rungs: [{ permille: 500, does: 'refuse' }] },
      );
      await a.ask('grant', program, { costs: [0, 3], grant: { id: 'bought', endsAtMs: now + 60_000 } });
      await a.decide(program);
      same(await a.provenWait(program), hourMs, 'one of two is left, then as now');
    },
  },
  {
    name: 'a wait on a bucket, and on a window, ends where what is used falls to the fill that lets in',
    run: async (a) => {
      for (const kind of ['bucket', 'sliding', 'fixed'] as const) {
        const rungs = [{ permille: 800, does: 'refuse' }] as const;
        const program = programOf({ kind, limitId: 30 + kind.length, amount: 10, windowMs: 10_000, slices: 4, rungs });
        same(await a.admitted(program, 10), 8, kind);
        await a.provenWait(program);
      }
    },
  },
  {
    name: 'what a shadow rung lets in is told, and not counted',
    run: async (a) => {
      const program = programOf({ ...MINUTE, rungs: [{ permille: 1000, does: 'shadow' }] });
      same(await a.admitted(program, 12), 12, 'admitted');
      const { waits, used } = await a.decide(program);
      same([waits, used], [[-3], [10]], 'told');
    },
  },
  {
    name: 'a limit that counts denials is charged where another denies, in the same step, and by no admission',
    run: async (a) => {
      const program = programOf(
        { ...MINUTE, amount: 2, count: 'denials', denials: [1], rungs: [{ permille: 1000, does: 'refuse' }] },
        SECOND,
      );
      same(await a.admitted(program, 3), 1, 'admitted');
      const { used, rungs, waits } = await a.decide(program);
      same(
        [used, rungs, waits],
        [
          [3, -1],
          [0, -1],
          [0, 1000],
        ],
        'the third denial passes its rung',
      );
      same(await a.provenWait(program), 1000, 'and refuses nobody');
      await a.decide(program, { requestId: 'r' });
      await a.ask('refund', program, { requestId: 'r' });
      same((await a.peek(program, { cost: 0 })).used[0], 3, 'and is given back by nobody');
    },
  },
  {
    name: 'a denial that is counted too often sets a block, which is no denial, and is told in that step',
    run: async (a) => {
      const program = programOf(
        SECOND,
        { ...MINUTE, amount: 2, count: 'denials', denials: [0], rungs: [{ permille: 1000, does: 'refuse' }] },
        { kind: 'block', amount: 1, trigger: 1, triggerRung: 0, blockMs: [5000, 9000], forgetMs: 9000 },
      );
      await a.admitted(program, 3);
      const banned = await a.decide(program);
      same([banned.binding, banned.retryAfterMs, banned.used[1]], [2, 5000, 3], 'banned');
      a.clock.advance(4000);
      const again = await a.decide(program);
      same([again.retryAfterMs, again.used[1]], [1000, 3], 'trying counts nothing');
      same(await a.provenWait(program), 1000, 'wait');
      await a.decide(program);
      same((await a.decide(program)).retryAfterMs, 9000, 'it recurs');
    },
  },
  {
    name: 'a block without a length does not begin where its limit would let in again',
    run: async (a) => {
      const rungs = [
        { permille: 500, does: 'refuse' },
        { permille: 1500, does: 'admit' },
      ] as const;
      const program = programOf(
        SECOND,
        { ...MINUTE, amount: 2, count: 'denials', denials: [0], rungs },
        { kind: 'block', amount: 1, trigger: 1, triggerRung: 0, blockMs: [] },
      );
      await a.decide(program);
      const { rungs: told, waits, figures } = await a.decide(program, { costs: [1, 2, 1] });
      same(
        [told[1], waits[2], figures[4]],
        [0, 0, Number.MAX_SAFE_INTEGER],
        'it passed its rung, and the next one by now',
      );
    },
  },
  {
    name: 'a block without a length lasts as long as its limit refuses, and one that is extended begins anew when tried',
    run: async (a) => {
      const as = blocking(a, { blockMs: [] });
      await as.decide();
      a.clock.advance(300);
      same((await as.decide()).waits, [700, 700], 'as long as the limit');
      same((await as.decide({ costs: [2, 0] })).no, 'never', 'what never fits');
      const extended = blocking(a, { blockMs: [5000], extend: true, limitId: 9 });
      await extended.decide();
      await extended.decide();
      a.clock.advance(4000);
      same((await extended.decide()).retryAfterMs, 5000, 'anew');
    },
  },
];

type Asker = Parameters<Claim['run']>[0];

/** A limit, and a block that its denials set. */
function blocking(
  a: Asker,
  block: { readonly blockMs: readonly number[]; readonly extend?: boolean; readonly limitId?: number },
): { readonly decide: (question?: Parameters<Asker['decide']>[1]) => ReturnType<Asker['decide']> } {
  const made = programOf(
    { ...SECOND, limitId: (block.limitId ?? 5) + 100 },
    { kind: 'block', amount: 1, trigger: 0, ...block },
  );
  return { decide: (question) => a.decide(made, question) };
}

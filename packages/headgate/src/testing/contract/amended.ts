import { idOf } from '../../core/index.ts';
import { programOf, same, segmentsOf } from './ask.ts';
import type { Claim } from './claim.ts';
import { EVERY_RATE, leftOf40, WINDOW_MS } from './every-rate.ts';

export const amended: readonly Claim[] = [
  {
    name: 'who remembers when a decision was gets back what it charged, while its window runs and not after',
    run: async (a) => {
      for (const rate of EVERY_RATE) {
        const program = programOf({ ...rate, amount: 100, limitId: idOf(rate.kind) });
        const more = { key: rate.kind, cost: -40 };
        const { nowMs } = await a.decide(program, { key: rate.kind, cost: 40 });
        same((await a.ask('amend', program, { ...more, chargedAtMs: nowMs })).figures[0], 100, rate.kind);
        const { nowMs: chargedAtMs } = await a.decide(program, { key: rate.kind, cost: 40 });
        a.clock.advance(2 * WINDOW_MS);
        same(
          (await a.ask('amend', program, { ...more, chargedAtMs })).returned,
          leftOf40(rate),
          `${rate.kind} whose window is over`,
        );
      }
    },
  },
  {
    name: 'of a quota, nothing is given back that an earlier period was charged',
    run: async (a) => {
      const from = a.clock.wallMs();
      const periods = { kind: 'quota', fromAtMs: from } as const;
      const segments = segmentsOf(periods, [
        [from + WINDOW_MS, 100],
        [from + 2 * WINDOW_MS, 100],
      ]);
      const program = programOf({ kind: 'quota', segments });
      const { nowMs: chargedAtMs } = await a.decide(program, { cost: 40 });
      a.clock.advance(WINDOW_MS);
      await a.decide(program, { cost: 30 });
      const { returned, figures } = await a.ask('amend', program, { cost: -40, chargedAtMs });
      same([returned, figures[0]], [0, 70], 'the next period');
    },
  },
  {
    name: 'of a bucket, what may have flowed in since is not given back',
    run: async (a) => {
      const program = programOf({ kind: 'bucket', amount: 100, windowMs: WINDOW_MS });
      const { nowMs: chargedAtMs } = await a.decide(program, { cost: 40 });
      a.clock.advance(WINDOW_MS / 4);
      await a.decide(program, { cost: 40 });
      const { returned, figures } = await a.ask('amend', program, { cost: -40, chargedAtMs });
      same([returned, figures[0]], [15, 60], 'a quarter of the window later, and what came since stays charged');
    },
  },
  {
    name: 'what is added is charged now, whether there is room or not',
    run: async (a) => {
      for (const rate of EVERY_RATE) {
        const program = programOf({ ...rate, amount: 100, limitId: idOf(rate.kind) });
        const { nowMs: chargedAtMs } = await a.decide(program, { key: rate.kind, cost: 90 });
        const { returned, figures } = await a.ask('amend', program, { key: rate.kind, cost: 30, chargedAtMs });
        same([returned, figures[0]], [-30, 0], rate.kind);
      }
    },
  },
  {
    name: 'an amendment needs the instant that it is of',
    run: async (a) => {
      const program = programOf({ kind: 'fixed', amount: 1, windowMs: WINDOW_MS });
      same(await a.fault('amend', program, { cost: -1 }), 'ERR_VERB', 'none');
    },
  },
];

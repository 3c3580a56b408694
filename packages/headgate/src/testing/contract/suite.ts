import { manualClock, type ManualClock } from '../clock.ts';
import { Asker, type AnyStore } from './ask.ts';
import type { Claim } from './claim.ts';
import { amended } from './amended.ts';
import { decisions } from './decisions.ts';
import { expected } from './expected.ts';
import { grants } from './grants.ts';
import { held } from './held.ts';
import { ladders } from './ladders.ts';
import { ids } from './ids.ts';
import { memos } from './memos.ts';
import { quotas } from './quotas.ts';
import { rates } from './rates.ts';
import { rollover } from './rollover.ts';
import { settled } from './settled.ts';
import { time } from './time.ts';
import { together } from './together.ts';

/** One test of the suite, for any runner: it passes when `run` resolves. */
export interface ContractTest {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** A fresh, empty store that runs on the clock it is given. */
export type MakeAnyStore = (clock: ManualClock) => AnyStore | Promise<AnyStore>;

const CLAIMS: readonly Claim[] = [
  ...rates,
  ...quotas,
  ...grants,
  ...rollover,
  ...held,
  ...decisions,
  ...ladders,
  ...ids,
  ...settled,
  ...amended,
  ...time,
  ...together,
  ...expected,
  ...memos,
];

/**
 * What every store promises, each as a test that needs no runner. Stores of another process's clock cannot take it:
 * time is set by hand.
 */
export function contractSuite(makeStore: MakeAnyStore): readonly ContractTest[] {
  return CLAIMS.map(({ name, run }) => ({
    name,
    run: async () => {
      const clock = manualClock();
      await run(new Asker(await makeStore(clock), clock));
    },
  }));
}

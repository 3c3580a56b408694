import type { Step } from '../../src/core/index.ts';
import type { Random } from '../../src/testing/index.ts';
import { Accounts } from './accounts/workload.ts';
import { Crowd } from './accounts/crowd.ts';
import { OWED_MS, programsFor, RATES_MS, TWIN } from './accounts/programs.ts';
import { AnyPolicy } from './any-policy.ts';
import type { Auditor } from './audits/auditor.ts';
import { Balance } from './audits/balance.ts';
import { Bounds } from './audits/bounds.ts';
import { Fresh } from './audits/fresh.ts';
import { Lifetimes } from './audits/lifetimes.ts';
import { Lengths } from './audits/lengths.ts';
import { Live } from './audits/live.ts';
import { Lockstep } from './audits/lockstep.ts';
import { Pairs } from './audits/pairs.ts';
import { Replays } from './audits/replays.ts';
import { Waits } from './audits/waits.ts';
import { History } from './linear/history.ts';
import type { Workload } from './node.ts';
import type { Options } from './options.ts';

/** What is asked in a run, and who looks on. */
export interface Scene {
  readonly workload: Workload & { readonly jumps: boolean };
  readonly auditors: readonly Auditor[];
  /** Of which what was heard is put in order. */
  readonly history: History;
  /** After so long without anybody coming, nothing is owed any more, in ms. */
  readonly owedMs: number;
}

/** The longest hold, block or window of a policy made at random. */
const ANY_OWED_MS = 8192;

export function sceneOf(options: Options, random: Random, wallMs: () => number): Scene {
  switch (options.workload) {
    case 'any':
      return anyScene(random, wallMs);
    case 'accounts':
      return accountsScene(options, random, wallMs);
    case 'crowd':
      return crowdScene(options, random);
    default:
      return options.workload satisfies never;
  }
}

/** Of keys that share a record none has more than alone, and nobody is kept out once all is over. */
function crowdScene({ keepsRates }: Options, random: Random): Scene {
  const programs = programsFor({ durable: keepsRates, holds: false });
  const { rates, permits } = programs;
  return {
    workload: Object.assign(new Crowd(random, programs), { jumps: true }),
    auditors: [
      new Live(permits),
      new Fresh(rates),
      new Bounds(rates, keepsRates),
      new Lengths(new Map([[rates, RATES_MS]])),
    ],
    history: new History([]),
    owedMs: OWED_MS,
  };
}

function anyScene(random: Random, wallMs: () => number): Scene {
  return {
    workload: new AnyPolicy(random, wallMs),
    auditors: [new Lockstep(() => true)],
    history: new History([]),
    owedMs: ANY_OWED_MS,
  };
}

function accountsScene({ keepsRates, server, linear, compares }: Options, random: Random, wallMs: () => number): Scene {
  const programs = programsFor({ durable: keepsRates, holds: linear });
  const { account, rates, spent, pair, twins } = programs;
  const areRates = ({ program }: Step): boolean => program === rates || program === twins;
  const history = new History(linear ? [account, spent, pair] : []);
  const bounds = [
    new Bounds(rates, keepsRates),
    new Lengths(
      new Map([
        [rates, RATES_MS],
        [twins, TWIN.windowMs],
      ]),
    ),
  ];
  const exact = (): Auditor[] => [
    new Lockstep((step) => !areRates(step), { compares }),
    new Lockstep(areRates, { keeps: keepsRates, compares }),
    // What nobody was told, the model tells to those who look on after it.
    new Replays(spent),
    new Waits(rates),
    new Pairs(pair),
    ...(linear ? [] : [new Balance(account)]),
  ];
  // A clock that was set back lengthens lifetimes by what nobody can tell from outside: then bounds are all that is promised.
  const back = (): Auditor[] => [
    new Lockstep(({ program }) => program === pair),
    new Lifetimes(account),
    new Waits(rates),
    new Pairs(pair),
  ];
  const auditors = [...(server.clockBack === 'never' ? exact() : back()), ...bounds];
  return {
    workload: Object.assign(new Accounts(random, programs, wallMs), { jumps: true }),
    auditors,
    history,
    owedMs: OWED_MS,
  };
}

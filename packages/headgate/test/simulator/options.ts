import { seeded, type Random } from '../../src/testing/index.ts';
import type { DiskOptions } from './disk.ts';
import type { NetworkOptions } from './network.ts';
import type { ServerOptions } from './server.ts';

/** How often which is asked. */
const WORKLOADS = ['any', 'any', 'any', 'accounts', 'accounts', 'accounts', 'accounts', 'crowd'] as const;
/** Records that no run needs. */
const ROOM = 1_000_000;
/** As far as a quota holds whatever the calendar's clock is set to. */
const DAY_MS = 86_400_000;

/** What one run is. All of it is derived from its seed. */
export interface Options {
  readonly seed: number;
  readonly workload: (typeof WORKLOADS)[number];
  /** Accounts: whether a process finds the rates of the one before it. */
  readonly keepsRates: boolean;
  /** Accounts: whether histories are short, and nothing ends, so that every order of what was asked can be tried. */
  readonly linear: boolean;
  /** Whether every answer is compared with the model's; else it only tells what nobody was told. */
  readonly compares: boolean;
  readonly nodes: number;
  readonly skewPpm: number;
  /** Chance, before a step, that the machine's wall clock is set, and how far it is behind then, at most, in ms; or half as far ahead. */
  readonly clockJumps: number;
  readonly clockJumpMs: number;
  readonly server: ServerOptions;
  readonly disk: DiskOptions;
  readonly network: NetworkOptions;
}

/** Every run is another mixture; some have hardly any faults, some little else. */
export function optionsOf(seed: number): Options {
  const random = seeded(seed);
  const often = random.pick([0.2, 1, 1, 3]);
  const workload = random.pick(WORKLOADS);
  const linear = workload === 'accounts' && random.chance(0.2);
  const server = serverOf(random, random.chance(0.3) ? 'memory' : 'kept', often);
  const clockBack = workload === 'accounts' && !linear ? server.clockBack : 'never';
  // A policy made at random knows its amounts for some seconds.
  const far = random.chance(0.5) && workload !== 'any' ? DAY_MS : 3000;
  const usual = [random.pick([0.002, 0.01]) * often, random.pick([5, far])] as const;
  // Where clocks go back, they do so often, and far.
  const [clockJumps, clockJumpMs] = clockBack === 'never' ? usual : [0.02, far];
  return {
    seed,
    workload,
    keepsRates: random.chance(0.5),
    linear,
    compares: true,
    nodes: linear ? random.int(3, 6) : random.int(1, 6),
    skewPpm: random.pick([0, 0, -200, 50_000]),
    clockJumps: linear ? 0 : clockJumps,
    clockJumpMs,
    server: {
      ...server,
      clockBack,
      maxRecords: workload === 'crowd' ? server.maxRecords : ROOM,
      breaksClock: linear ? 0 : server.breaksClock,
      powerFails: linear ? 0 : server.powerFails,
      // A store in memory forgets all that it told.
      dies: linear && server.store === 'memory' ? 0 : server.dies,
    },
    disk: diskOf(random, often),
    network: networkOf(random, often),
  };
}

function serverOf(random: Random, store: 'memory' | 'kept', often: number): ServerOptions {
  return {
    store,
    maxInMemory: random.pick([1, 2, 10, 1000]),
    maxRecords: random.pick([1, 6, 100, 100]),
    tickMs: random.pick([0, 1, 10]),
    alone: random.pick([0, 0, 0.1, 1]),
    dies: 0.001 * often,
    powerFails: random.pick([0, 0.5]),
    awayMs: random.pick([1, 100, 1000]),
    breaksClock: 0.001 * often,
    clockBack: random.chance(0.4) ? random.pick(['between', 'ever', 'ever'] as const) : 'never',
  };
}

function diskOf(random: Random, often: number): DiskOptions {
  return {
    syncs: random.chance(0.5),
    failsWrites: 0.001 * often,
    failsReads: random.pick([0, 0.001 * often]),
    failsCommits: 0.002 * often,
    failsSyncs: 0.002 * often,
    fills: random.pick([0, 0.0002 * often]),
    fullFor: random.int(1, 30),
  };
}

function networkOf(random: Random, often: number): NetworkOptions {
  return {
    loses: 0.003 * often,
    repeats: 0.003 * often,
    delays: 0.003 * often,
    lateMs: random.pick([10, 200, 5000]),
    usualMs: random.pick([0, 0, 2, 20]),
  };
}

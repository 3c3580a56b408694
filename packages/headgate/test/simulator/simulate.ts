import { seeded } from '../../src/testing/index.ts';
import { AnyPolicy } from './any-policy.ts';
import { MachineClock } from './clocks.ts';
import { Disk } from './disk.ts';
import type { Auditor } from './entry.ts';
import { Events } from './events.ts';
import { FaultCounts } from './faults.ts';
import { Lockstep } from './lockstep.ts';
import { Network } from './network.ts';
import { Node } from './node.ts';
import { optionsOf, type Options } from './options.ts';
import { Server } from './server.ts';
import { makeMemory, makeTicks, type MakeMemory, type MakeTicks } from './stores.ts';

/** Steps that one run carries out. */
export const OPERATIONS = 2500;

export interface Report {
  readonly options: Options;
  readonly operations: number;
  readonly faults: FaultCounts;
}

/** What is simulated, where it is not the product itself. */
export interface Parts {
  readonly makeTicks?: MakeTicks;
  readonly makeMemory?: MakeMemory;
  readonly options?: Partial<Options>;
  readonly operations?: number;
}

/**
 * One run: everything that happens in it follows from its seed. Rejects with what was wrong, and with how to see it again.
 */
export async function simulate(seed: number, parts: Parts = {}): Promise<Report> {
  const options = { ...optionsOf(seed), ...parts.options };
  try {
    return await run(options, parts);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new Error(`seed ${seed}: ${what}\nAgain: npm run soak -- --seed ${seed} --seeds 1\n${JSON.stringify(options)}`, {
      cause: error,
    });
  }
}

async function run(options: Options, parts: Parts): Promise<Report> {
  const random = seeded(options.seed ^ 0x5bd1e995);
  const own = (): ReturnType<typeof seeded> => seeded(random.bits());
  const events = new Events();
  const faults = new FaultCounts();
  const clock = new MachineClock(events, options.skewPpm);
  const disk = new Disk(options.disk, own(), faults);
  const auditors: Auditor[] = [new Lockstep()];
  const server = new Server(options.server, {
    events,
    random: own(),
    clock,
    disk,
    faults,
    auditors,
    makeTicks: parts.makeTicks ?? makeTicks,
    makeMemory: parts.makeMemory ?? makeMemory,
  });
  const network = new Network(options.network, events, own(), faults);
  const most = parts.operations ?? OPERATIONS;
  const goesOn = (): boolean => server.operations < most;
  const workload = new AnyPolicy(own(), () => clock.wallMs());
  const clocks = own();
  const next = (): AnyPolicy => {
    if (workload.jumps && clocks.chance(options.clockJumps)) {
      faults.count('wall clock set');
      clock.set(clocks.int(-options.clockJumpMs, options.clockJumpMs));
    }
    return workload;
  };
  for (let i = 0; i < options.nodes; i++)
    new Node({ events, random: own(), network, server, workload: next, goesOn });
  while (events.next()) {
    if (!server.isUnsettled) continue;
    // What was promised is told: everybody who waits hears it before anything else happens.
    await null; // oxlint-disable-line no-await-in-loop -- one event after another
    await null; // oxlint-disable-line no-await-in-loop -- as above
    server.settle();
  }
  return { options, operations: server.operations, faults };
}

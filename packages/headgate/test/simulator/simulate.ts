import { inWords } from '../../src/testing/differential/compare.ts';
import { seeded, type Random } from '../../src/testing/index.ts';
import { Audits } from './audits/audits.ts';
import { MachineClock } from './clocks.ts';
import { Disk } from './disk.ts';
import { Events } from './events.ts';
import { FaultCounts } from './faults.ts';
import { Order } from './linear/order.ts';
import { Network } from './network.ts';
import { Node } from './node.ts';
import { optionsOf, type Options } from './options.ts';
import { sceneOf, type Scene } from './runs.ts';
import { Server } from './server.ts';
import { makeMemory, makeTicks, type MakeMemory, type MakeTicks } from './stores.ts';

/** Steps that one run carries out while things go wrong, and once they do not any more. */
const OPERATIONS = 2400;
const CALM_OPERATIONS = 100;

export interface Report {
  readonly options: Options;
  readonly operations: number;
  readonly faults: FaultCounts;
  /** Steps that shared a record with others, since there was no room. */
  readonly shared: number;
  /** Messages of which an order was found. */
  readonly ordered: number;
  /** Histories of which it would have taken too long. */
  readonly undecided: number;
}

/** What is simulated, where it is not the product itself. */
export interface Parts {
  readonly makeTicks?: MakeTicks;
  readonly makeMemory?: MakeMemory;
  readonly options?: (options: Options) => Options;
  readonly operations?: number;
}

/** One run: everything that happens in it follows from its seed. Rejects with what was wrong, and with how to see it again. */
export async function simulate(seed: number, parts: Parts = {}): Promise<Report> {
  const derived = optionsOf(seed);
  const options = parts.options?.(derived) ?? derived;
  try {
    return await new Run(options, parts).run();
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    const again = `Again: npm run soak -- --seed ${seed} --seeds 1`;
    throw new Error(`seed ${seed}: ${what}\n${again}\n${JSON.stringify(options)}`, { cause: error });
  }
}

class Run {
  readonly #options: Options;
  readonly #random: Random;
  readonly #events: Events = new Events();
  readonly #faults: FaultCounts = new FaultCounts();
  readonly #clock: MachineClock;
  readonly #disk: Disk;
  readonly #scene: Scene;
  readonly #server: Server;
  readonly #network: Network;
  readonly #clocks: Random;
  readonly #nodes: readonly Node[];
  #most: number;
  #ordered = 0;
  #undecided = 0;

  constructor(options: Options, parts: Parts) {
    this.#options = options;
    this.#random = seeded(options.seed ^ 0x5bd1e995);
    const [events, faults] = [this.#events, this.#faults];
    const clock = (this.#clock = new MachineClock(events, options.skewPpm));
    const disk = (this.#disk = new Disk(options.disk, this.#own(), faults));
    this.#scene = sceneOf(options, this.#own(), () => clock.wallMs());
    this.#clocks = this.#own();
    this.#most = parts.operations ?? OPERATIONS;
    const audits = new Audits(this.#scene.auditors);
    const make = { makeTicks: parts.makeTicks ?? makeTicks, makeMemory: parts.makeMemory ?? makeMemory };
    this.#server = new Server(options.server, { events, random: this.#own(), clock, disk, faults, audits, ...make });
    this.#network = new Network(options.network, events, this.#own(), faults);
    this.#nodes = Array.from({ length: options.nodes }, () => this.#node());
  }

  async run(): Promise<Report> {
    await this.#go();
    await this.#calmDown();
    this.#requireOrder();
    return {
      options: this.#options,
      operations: this.#server.operations,
      faults: this.#faults,
      shared: this.#server.shared,
      ordered: this.#ordered,
      undecided: this.#undecided,
    };
  }

  /** Faults stop: from then on everybody is answered, and what is owed comes back. */
  async #calmDown(): Promise<void> {
    for (const one of [this.#network, this.#disk, this.#server]) one.faulty = false;
    this.#disk.endsAfter = Infinity;
    this.#events.in(this.#scene.owedMs, () => undefined);
    await this.#go();
    if (!this.#server.isUp) throw new Error('the store is not there, and nothing goes wrong any more');
    this.#most = this.#server.operations + CALM_OPERATIONS;
    for (const node of this.#nodes) node.calm();
    await this.#go();
    const { answered, asked } = this.#nodes.reduce(sumOf, { answered: 0, asked: 0 });
    if (answered !== asked) throw new Error(`${asked} asked, ${answered} answered, and nothing goes wrong any more`);
  }

  /** What was heard must be what one who does one thing after another would have said. */
  #requireOrder(): void {
    for (const ops of this.#scene.history.parts()) {
      const order = new Order(ops);
      const exists = order.exists();
      if (order.isUndecided) this.#undecided++;
      else this.#ordered += ops.length;
      if (exists) continue;
      const told = ops.map(
        ({ step, sentAt, heardAt, answer }) => `${sentAt}-${heardAt} ${inWords(step)} ${JSON.stringify(answer)}`,
      );
      throw new Error(`no order explains what was heard:\n${told.join('\n')}`);
    }
  }

  async #go(): Promise<void> {
    const server = this.#server;
    while (this.#events.next()) {
      if (!server.isUnsettled) continue;
      // What was promised is told: everybody who waits hears it before anything else happens.
      await promisesTold(); // oxlint-disable-line no-await-in-loop -- one event after another
      server.settle();
    }
  }

  #node(): Node {
    const [events, network, server] = [this.#events, this.#network, this.#server];
    const goesOn = (): boolean => server.operations < this.#most;
    return new Node({
      events,
      random: this.#own(),
      network,
      server,
      history: this.#scene.history,
      next: () => this.#next(),
      goesOn,
    });
  }

  #next(): Scene['workload'] {
    const { clockJumps, clockJumpMs, server } = this.#options;
    const { workload } = this.#scene;
    if (!this.#network.faulty || !workload.jumps || !this.#clocks.chance(clockJumps)) return workload;
    const ms = this.#clocks.int(-clockJumpMs, Math.floor(clockJumpMs / 2)) - this.#clock.wallAheadMs;
    const both = server.clockBack === 'ever' && this.#clocks.chance(0.5);
    this.#faults.count(both ? 'monotonic clock set' : 'wall clock set');
    if (both) this.#clock.setBoth(ms);
    else this.#clock.set(ms);
    return workload;
  }

  /** A source of chance of its own, so that no part disturbs another's. */
  #own(): Random {
    return seeded(this.#random.bits());
  }
}

/** A store's promise, and what waits for it, take a turn each. */
async function promisesTold(): Promise<void> {
  await Promise.resolve();
  await Promise.resolve();
}

function sumOf(sum: { answered: number; asked: number }, node: Node): { answered: number; asked: number } {
  return { answered: sum.answered + node.answered, asked: sum.asked + node.asked };
}

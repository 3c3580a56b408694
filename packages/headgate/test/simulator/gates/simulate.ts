import { seeded, type Random } from '../../../src/testing/index.ts';
import { Audits } from '../audits/audits.ts';
import { Lockstep } from '../audits/lockstep.ts';
import { MachineClock } from '../clocks.ts';
import { Disk } from '../disk.ts';
import { Events } from '../events.ts';
import { FaultCounts } from '../faults.ts';
import { Server } from '../server.ts';
import { makeMemory, makeTicks } from '../stores.ts';
import { Api } from './api.ts';
import { Client } from './client.ts';
import { GateNode } from './gate-node.ts';
import { LetIn } from './let-in.ts';
import { gateOptionsOf, type GateOptions } from './options.ts';
import { Paced } from './paced.ts';
import { requireWhole } from './whole.ts';

/** Requests of one run while things go wrong. */
const REQUESTS = 400;

export interface GateReport {
  readonly requests: number;
  readonly faults: FaultCounts;
  /** Requests that were judged without the store. */
  readonly degraded: number;
}

/** One run: everything that happens in it follows from its seed. Rejects with what was wrong, and with how to see it again. */
export async function simulateGates(seed: number): Promise<GateReport> {
  const options = gateOptionsOf(seed);
  try {
    return await new GateRun(options).run();
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    const again = `Again: npm run soak -- --gates --seed ${seed} --seeds 1`;
    throw new Error(`gates, seed ${seed}: ${what}\n${again}\n${JSON.stringify(options)}`, { cause: error });
  }
}

class GateRun {
  readonly #options: GateOptions;
  readonly #random: Random;
  readonly #events: Events = new Events();
  readonly #faults: FaultCounts = new FaultCounts();
  readonly #disk: Disk;
  readonly #server: Server;
  readonly #gates: (GateNode | undefined)[] = [];
  readonly #clients: readonly Client[];
  readonly #kills: Random;
  #isFaulty = true;
  #degraded = 0;
  #ids = 0;
  #failure: Error | undefined;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#random = seeded(options.seed ^ 0x5bd1e995);
    const [events, faults] = [this.#events, this.#faults];
    const clock = new MachineClock(events, 0);
    const disk = (this.#disk = new Disk(options.disk, this.#own(), faults));
    const api = new Api(() => clock.monotonicMs());
    const letIn = new LetIn(api);
    const audits = new Audits([new Lockstep(() => true), letIn]);
    const parts = { events, clock, disk, faults, audits, makeTicks, makeMemory };
    this.#server = new Server(options.server, { ...parts, random: this.#own() });
    this.#kills = this.#own();
    for (let i = 0; i < options.nodes; i++) this.#begin(i);
    const paced = new Paced(options.nodes, () => events.nowMs);
    const world = { events, api, letIn, paced, gate: () => this.#gate(), goesOn: () => this.#goesOn };
    const fail = (error: unknown): void =>
      void (this.#failure ??= error instanceof Error ? error : new Error(String(error)));
    this.#clients = Array.from({ length: options.clients }, () => new Client({ ...world, random: this.#own(), fail }));
  }

  async run(): Promise<GateReport> {
    await this.#go();
    this.#isFaulty = this.#disk.faulty = this.#server.faulty = false;
    for (const gate of this.#living) gate.connection.faulty = false;
    await this.#pass(this.#options.awayMs + this.#options.server.awayMs);
    await requireWhole(this.#living, (ms) => this.#pass(ms));
    for (const gate of this.#living) this.#note(gate);
    return { requests: this.#asked, faults: this.#faults, degraded: this.#degraded };
  }

  get #living(): readonly GateNode[] {
    return this.#gates.filter((gate) => gate !== undefined);
  }

  get #asked(): number {
    return this.#clients.reduce((sum, { asked }) => sum + asked, 0);
  }

  get #goesOn(): boolean {
    return this.#asked < REQUESTS;
  }

  #begin(i: number): void {
    const { nodes, connection } = this.#options;
    const [events, faults, server] = [this.#events, this.#faults, this.#server];
    const world = {
      events,
      faults,
      server,
      nodes,
      connection,
      own: () => this.#own(),
      nextId: () => `r${this.#ids++}`,
      isFaulty: () => this.#isFaulty,
    };
    const gate = (this.#gates[i] = new GateNode(world));
    gate.tend();
  }

  #gate(): GateNode | undefined {
    const i = this.#kills.int(0, this.#gates.length - 1);
    const gate = this.#gates[i];
    if (gate === undefined || !this.#isFaulty || !this.#kills.chance(this.#options.kills)) return gate;
    this.#faults.count('gate killed');
    this.#note(gate);
    gate.kill();
    this.#gates[i] = undefined;
    this.#events.in(this.#kills.int(1, this.#options.awayMs), () => this.#begin(i));
    return undefined;
  }

  #note(gate: GateNode): void {
    const { open, closed, local } = gate.guard.stats().degraded;
    this.#degraded += open + closed + local;
  }

  async #pass(ms: number): Promise<void> {
    let isOver = false;
    this.#events.in(ms, () => void (isOver = true));
    await this.#go(() => isOver);
  }

  /** What was promised is told before anything else happens, and whatever follows from it has followed. */
  async #go(isOver: () => boolean = () => this.#isIdle): Promise<void> {
    while (!isOver() && this.#events.next()) {
      // oxlint-disable-next-line no-await-in-loop -- one event after another
      await new Promise(setImmediate);
      this.#server.settle();
      if (this.#failure !== undefined) throw this.#failure;
    }
  }

  /** Nobody asks any more: only gates look after what is due. */
  get #isIdle(): boolean {
    return !this.#goesOn && this.#events.size <= this.#living.length;
  }

  #own(): Random {
    return seeded(this.#random.bits());
  }
}

import { seeded, type Random } from '../../../src/testing/index.ts';
import { ended } from '../../held/ended.ts';
import { viewOf } from '../../gate-of.ts';
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
import { JOBS, LEASE_MS } from './policy.ts';

/** Requests of one run while things go wrong. */
const REQUESTS = 400;
/** A store that is down is asked again by one who comes after this long, at the latest, in ms. */
const PROBED_MS = 1100;
const PROBES = 6;

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
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    throw new Error(`gates, seed ${seed}: ${what}\n${JSON.stringify(options)}`, { cause: error });
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
  #isOver = false;
  #degraded = 0;
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
    for (const gate of this.#gates) if (gate !== undefined) gate.connection.faulty = false;
    await this.#pass(this.#options.server.awayMs);
    await this.#comeBack();
    await this.#pass(LEASE_MS);
    await this.#requireWhole();
    this.#isOver = true;
    await this.#go();
    return { requests: this.#asked, faults: this.#faults, degraded: this.#degraded };
  }

  /** Faults have stopped: gates see it by whoever comes, and pay what they owe. */
  async #comeBack(): Promise<void> {
    for (let i = 0; i < PROBES; i++) {
      for (const gate of this.#gates)
        void gate?.gate.handle(viewOf({ target: '/loose', fields: [['X-API-Key', 'probe']] }));
      await this.#pass(PROBED_MS); // oxlint-disable-line no-await-in-loop -- one after another
    }
    for (const gate of this.#gates) {
      const { isDown = true, owed = 0 } = gate?.guard.stats() ?? {};
      if (isDown || owed > 0)
        throw new Error(`a gate says that the store is ${isDown ? 'down' : 'up'}, and owes ${owed}`);
    }
  }

  /** One lifetime after that, all that there is can be had, and no more. */
  async #requireWhole(): Promise<void> {
    for (const key of ['a', 'b']) {
      for (let i = 0; i < 2; i++) {
        const taken: (() => void)[] = [];
        for (let n = 0; n <= JOBS; n++) {
          const handled = await this.#ask(key);
          if ((handled.kind === 'forward') !== n < JOBS)
            throw new Error(`${key}: ${n} of ${JOBS} run, and the next is ${handled.kind}`);
          if (handled.kind === 'forward') taken.push(() => handled.end(ended({ status: undefined, reached: false })));
        }
        for (const end of taken) end();
        await this.#pass(1000);
      }
    }
    for (const gate of this.#gates)
      if (gate?.gate.held().reservations !== 0) throw new Error(`${gate?.gate.held().reservations} are still held`);
  }

  async #ask(key: string): Promise<Awaited<ReturnType<GateNode['gate']['handle']>>> {
    const gate = this.#random.pick(this.#gates)!;
    let handled: Awaited<ReturnType<GateNode['gate']['handle']>> | undefined;
    void Promise.resolve(
      gate.gate.handle(viewOf({ method: 'POST', target: '/jobs', fields: [['X-API-Key', key]] })),
    ).then((one) => (handled = one));
    await this.#pass(100);
    if (handled === undefined) throw new Error('nobody is answered');
    return handled;
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
    const world = { events, faults, server, nodes, connection, own: () => this.#own(), isFaulty: () => this.#isFaulty };
    const gate = (this.#gates[i] = new GateNode(world));
    gate.tend(() => this.#isOver);
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
    return (
      !this.#goesOn && !this.#isOver && this.#events.size <= this.#gates.filter((gate) => gate !== undefined).length
    );
  }

  #own(): Random {
    return seeded(this.#random.bits());
  }
}

import type { Outcome, Program, Step, SyncStore } from '../../src/core/index.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { seeded, type Random } from '../../src/testing/index.ts';
import { MachineClock } from '../simulator/clocks.ts';
import { Events } from '../simulator/events.ts';
import { FaultCounts } from '../simulator/faults.ts';
import { Network, type NetworkOptions } from '../simulator/network.ts';
import { Node, type Shared } from './node.ts';

/** One decision that let somebody in, by the store's clock. */
export interface Admission {
  readonly atMs: number;
  readonly costs: readonly number[];
  readonly isLocal: boolean;
}

export interface WorldOptions {
  readonly seed: number;
  readonly program: Program;
  readonly nodes: number;
  readonly lifetimeMs: number;
  readonly faults: Omit<NetworkOptions, 'usualMs'>;
}

/** How long a program waits for an answer. In ms. */
const PATIENCE_MS = 400;

/** Processes that share one store, on machines whose clocks go too fast or too slow and are set, and that are killed now and then. */
export class World {
  readonly events: Events = new Events();
  readonly random: Random;
  readonly admissions: Admission[] = [];
  /** When windows of the first limit end, by the store's clock. */
  readonly ends: Set<number> = new Set();
  readonly clock: MachineClock;
  killed = 0;
  readonly #options: WorldOptions;
  readonly #shared: Shared;
  readonly #nodes: Node[];
  readonly #clocks: MachineClock[];

  constructor(options: WorldOptions) {
    const { seed, nodes, faults } = options;
    const { events } = this;
    this.#options = options;
    const random = (this.random = seeded(seed));
    const clock = (this.clock = new MachineClock(events, random.int(-500, 500)));
    const network = new Network({ ...faults, usualMs: 3 }, events, seeded(random.bits()), new FaultCounts());
    const server = this.#noting(memoryStore({ clock, random: () => random.bits() }));
    this.#shared = { events, network, server, random: seeded(random.bits()), resends: faults.loses };
    this.#clocks = Array.from({ length: nodes }, () => new MachineClock(events, random.int(-400, 400)));
    for (const one of this.#clocks) one.setBoth(random.int(-5000, 5000));
    this.#nodes = this.#clocks.map((one) => new Node(this.#shared, one, options.lifetimeMs));
  }

  /** Notes the ends of windows. */
  #noting(store: SyncStore): SyncStore {
    const apply = (step: Step): Outcome => {
      const outcome = store.apply(step);
      if (step.op === 'decide' && outcome.allowed) this.ends.add(outcome.nowMs + outcome.figures[1]!);
      return outcome;
    };
    return { traits: store.traits, apply };
  }

  get local(): number {
    return this.admissions.filter(({ isLocal }) => isLocal).length;
  }

  get sent(): number {
    return this.#nodes.reduce((sum, { sent }) => sum + sent, 0);
  }

  /** What the store has left of the first limit. */
  left(keys: readonly string[]): number {
    const { program } = this.#options;
    const costs = program.checks.map(() => 0);
    return this.#shared.server.apply({ op: 'peek', program, keys, costs }).figures[0]!;
  }

  nodeOf(i: number): Node {
    return this.#nodes[i]!;
  }

  /** Ends a process where it stands: what it had drawn goes with it, and another takes its place. */
  kill(i: number): void {
    this.killed++;
    this.#nodes[i]!.isDead = true;
    this.#nodes[i] = new Node(this.#shared, this.#clocks[i]!, this.#options.lifetimeMs);
  }

  /** Sets the wall clock of a machine. */
  jump(i: number, ms: number): void {
    this.#clocks[i]!.set(ms);
  }

  /** Asks a process, and notes when it let somebody in. What is answered too late lets nobody in. */
  ask(i: number, keys: readonly string[], costs: readonly number[]): void {
    const node = this.#nodes[i]!;
    const said = node.store.apply({ op: 'decide', program: this.#options.program, keys, costs }, PATIENCE_MS);
    if (said instanceof Promise) said.then((outcome) => this.#note(node, outcome, costs, outcome.nowMs), NOTHING);
    else this.#note(node, said, costs);
  }

  #note(node: Node, { allowed }: Outcome, costs: readonly number[], atMs?: number): void {
    if (node.isDead || !allowed) return;
    this.admissions.push({ atMs: atMs ?? this.clock.monotonicMs(), costs, isLocal: atMs === undefined });
  }

  /** Lets happen what is to happen, until then. */
  async run(untilMs: number): Promise<void> {
    // So that something happens then.
    this.events.in(untilMs - this.events.nowMs, NOTHING);
    while (this.events.nowMs < untilMs && this.events.next()) for (let i = 0; i < TURNS; i++) await Promise.resolve();
  }
}

/** An answer is heard, and what follows from it asked, within so many turns. */
const TURNS = 8;
const NOTHING = (): void => undefined;

import { createHash } from 'node:crypto';
import { createHttpGate, guardStore, type GuardedStore, type HttpGate } from '../../../src/http/index.ts';
import type { Random } from '../../../src/testing/index.ts';
import { MachineClock } from '../clocks.ts';
import type { Events } from '../events.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import { POLICY } from './policy.ts';

interface World extends Omit<ConstructorParameters<typeof Connection>[1], 'random'> {
  readonly events: Events;
  readonly own: () => Random;
  readonly nextId: () => string;
  readonly nodes: number;
  readonly connection: ConnectionOptions;
  readonly isFaulty: () => boolean;
}

/** How often what is due is looked at, in ms: as servers do. */
const TEND_MS = 250;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** One process with the gate in it, as long as it lives. All of it is the product's own, but for the way to the store. */
export class GateNode {
  readonly gate: HttpGate;
  readonly guard: GuardedStore;
  readonly connection: Connection;
  isDead = false;
  readonly #events: Events;

  constructor(world: World) {
    const { events, nodes } = world;
    this.#events = events;
    const clock = new MachineClock(events, 0);
    const random = world.own();
    this.connection = new Connection(world.connection, { ...world, random });
    this.connection.faulty = world.isFaulty();
    this.guard = guardStore(this.connection, { clock, nodes, timer: (afterMs, call) => this.#later(afterMs, call) });
    this.gate = createHttpGate({
      policy: POLICY,
      store: this.guard,
      clock,
      sha256,
      salt: 'salt',
      randomId: world.nextId,
      deadline: () => new AbortController().signal,
    });
  }

  /** Looks after what is due, as long as it lives. */
  tend(): void {
    this.#later(TEND_MS, () => {
      this.gate.tend();
      this.tend();
    });
  }

  /** Whatever it was about to do it does not do. */
  kill(): void {
    this.isDead = true;
    this.connection.break();
  }

  #later(afterMs: number, call: () => void): void {
    this.#events.in(afterMs, () => (this.isDead ? undefined : call()));
  }
}

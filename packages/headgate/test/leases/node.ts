import { HeadgateError, type AsyncStore, type Outcome, type Step, type SyncStore } from '../../src/core/index.ts';
import { leaseStore, type LeaseStore } from '../../src/stores/leased/index.ts';
import type { Random } from '../../src/testing/index.ts';
import type { MachineClock } from '../simulator/clocks.ts';
import type { Events } from '../simulator/events.ts';
import type { Network } from '../simulator/network.ts';

/** Who shares one store, by messages that may be lost or late. */
export interface Shared {
  readonly events: Events;
  readonly network: Network;
  readonly server: SyncStore;
  readonly random: Random;
  /** Chance that what a client sent before its connection broke is sent again. */
  readonly resends: number;
}

/** One process: a lease store over a store that is somewhere else. Once it is dead nothing of it happens any more. */
export class Node {
  isDead = false;
  /** Messages that the store was sent. */
  sent = 0;
  readonly store: LeaseStore;
  readonly #shared: Shared;

  constructor(shared: Shared, clock: MachineClock, lifetimeMs: number) {
    this.#shared = shared;
    const remote: AsyncStore = {
      traits: { name: 'remote', clock: 'store', durable: true },
      apply: (step, deadlineMs) => this.#send(step, deadlineMs),
      close: () => Promise.resolve(),
    };
    const timer = (afterMs: number, call: () => void): void => this.#in(afterMs, call);
    this.store = leaseStore(remote, { clock, lifetimeMs, timer });
  }

  #in(afterMs: number, act: () => void): void {
    this.#shared.events.in(afterMs, () => {
      if (!this.isDead) act();
    });
  }

  #send(step: Step, deadlineMs: number): Promise<Outcome> {
    const { network, server, random, resends } = this.#shared;
    this.sent++;
    return new Promise((resolve, reject) => {
      this.#in(deadlineMs, () => reject(new HeadgateError('ERR_STORE', 'no answer')));
      const deliver = (): void => {
        const outcome = server.apply(step);
        network.answer(() => {
          if (!this.isDead) resolve(outcome);
        });
      };
      network.request(deliver);
      // What is given back must not come twice: its client is told not to send again.
      if (step.op === 'decide' && network.faulty && random.chance(resends)) network.request(deliver);
    });
  }
}

import type { Random } from '../../src/testing/index.ts';
import type { Events } from './events.ts';
import type { FaultCounts } from './faults.ts';

export interface NetworkOptions {
  /** Chance that a message never comes. */
  readonly loses: number;
  /** Chance that a request comes twice. */
  readonly repeats: number;
  /** Chance that a message is late, and how late at most, in ms: what was sent after it comes before it. */
  readonly delays: number;
  readonly lateMs: number;
  /** How long a message usually takes at most, in ms. */
  readonly usualMs: number;
}

/** Messages between nodes and the store, each of which goes its own way. */
export class Network {
  /** Whether anything goes wrong. */
  faulty = true;
  readonly #options: NetworkOptions;
  readonly #events: Events;
  readonly #random: Random;
  readonly #faults: FaultCounts;

  constructor(options: NetworkOptions, events: Events, random: Random, faults: FaultCounts) {
    this.#options = options;
    this.#events = events;
    this.#random = random;
    this.#faults = faults;
  }

  request(deliver: () => void): void {
    this.#send('lost request', deliver);
    if (!this.faulty || !this.#random.chance(this.#options.repeats)) return;
    this.#faults.count('request twice');
    this.#send('lost request', deliver);
  }

  answer(deliver: () => void): void {
    this.#send('lost answer', deliver);
  }

  #send(lost: 'lost request' | 'lost answer', deliver: () => void): void {
    const { loses, delays, lateMs, usualMs } = this.#options;
    if (this.faulty && this.#random.chance(loses)) return this.#faults.count(lost);
    let takesMs = this.#random.int(0, usualMs);
    if (this.faulty && this.#random.chance(delays)) {
      this.#faults.count('late message');
      takesMs += this.#random.int(1, lateMs);
    }
    this.#events.in(takesMs, deliver);
  }
}

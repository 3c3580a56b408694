import { HeadgateError, type AsyncStore, type Outcome, type Step } from '../../../src/core/index.ts';
import type { Random } from '../../../src/testing/index.ts';
import type { Answer } from '../entry.ts';
import type { Events } from '../events.ts';
import type { FaultCounts } from '../faults.ts';
import type { Server } from '../server.ts';

export interface ConnectionOptions {
  /** Chance, of each message, that the connection breaks, and that everybody is told. */
  readonly breaks: number;
  readonly tells: number;
  /** Chance that it stands still, and for how long at most, in ms. */
  readonly stalls: number;
  readonly stallMs: number;
  /** How long a message usually takes at most, in ms. */
  readonly usualMs: number;
}

interface World {
  readonly events: Events;
  readonly random: Random;
  readonly faults: FaultCounts;
  readonly server: Server;
}

interface Call {
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (fault: HeadgateError) => void;
}

/** What a gate asks a store by: messages come in their order, until the connection breaks; then another takes its place. */
export class Connection implements AsyncStore {
  readonly traits = { name: 'simulated', clock: 'store', durable: true } as const;
  faulty = true;
  readonly #options: ConnectionOptions;
  readonly #world: World;
  #calls: Set<Call> = new Set();
  /** When what was sent last comes, there and back. */
  readonly #lastAtMs = { there: 0, back: 0 };

  constructor(options: ConnectionOptions, world: World) {
    this.#options = options;
    this.#world = world;
  }

  apply(step: Step, deadlineMs: number): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const call: Call = { resolve, reject };
      const calls = this.#calls.add(call);
      this.#world.events.in(deadlineMs, () => calls.delete(call) && reject(fault('no answer in time')));
      this.#send('there', () => {
        if (!this.#world.server.isUp) return this.break();
        this.#world.server.receive(step, (answer) => this.#send('back', () => hear(calls, call, answer)));
      });
    });
  }

  async close(): Promise<void> {
    this.break();
  }

  /** Whatever is under way is lost; what has come may have been done. */
  break(): void {
    const calls = this.#calls;
    this.#calls = new Set();
    if (!this.#world.random.chance(this.#options.tells)) return;
    for (const { reject } of calls) reject(fault('the connection is broken'));
    calls.clear();
  }

  #send(way: 'there' | 'back', deliver: () => void): void {
    const { events, random, faults } = this.#world;
    const { breaks, stalls, stallMs, usualMs } = this.#options;
    const calls = this.#calls;
    if (this.faulty && random.chance(breaks)) {
      faults.count('connection broken');
      this.break();
    }
    let atMs = Math.max(this.#lastAtMs[way], events.nowMs + random.int(0, usualMs));
    if (this.faulty && random.chance(stalls)) {
      faults.count('connection stalled');
      atMs += random.int(1, stallMs);
    }
    this.#lastAtMs[way] = atMs;
    // What was sent by a connection that is broken goes nowhere.
    events.in(atMs - events.nowMs, () => (calls === this.#calls ? deliver() : undefined));
  }
}

function hear(calls: Set<Call>, call: Call, answer: Answer): void {
  if (!calls.delete(call)) return;
  if ('fault' in answer) call.reject(new HeadgateError(answer.fault, 'said by the simulated store'));
  else call.resolve(answer);
}

function fault(why: string): HeadgateError {
  return new HeadgateError('ERR_STORE', why);
}

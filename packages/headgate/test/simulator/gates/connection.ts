import {
  HeadgateError,
  type AsyncStore,
  type MemoAnswer,
  type Memos,
  type Outcome,
  type Step,
} from '../../../src/core/index.ts';
import type { Random } from '../../../src/testing/index.ts';
import type { Fault } from '../entry.ts';
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

/** Somebody who waits. */
interface Call {
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

  readonly memos: Memos = {
    put: (name, text, lifetimeMs, ms) => this.#memo(ms, (memos) => memos.put(name, text, lifetimeMs, ms)),
    read: (name, ms) => this.#memo(ms, (memos) => memos.read(name, ms)),
    take: (name, ms) => this.#memo(ms, (memos) => memos.take(name, ms)),
  };

  apply(step: Step, deadlineMs: number): Promise<Outcome> {
    return this.#ask<Outcome>(deadlineMs, (server, reply) => server.receive(step, reply));
  }

  #memo(deadlineMs: number, ask: (memos: Memos) => MemoAnswer): Promise<string | undefined> {
    return this.#ask<MemoAnswer>(deadlineMs, (server, reply) => server.memo(ask, reply));
  }

  #ask<T>(
    deadlineMs: number,
    deliver: (server: Server, reply: (answer: T | Fault) => void) => void,
  ): Promise<Awaited<T>> {
    const { events, server } = this.#world;
    return new Promise((resolve, reject) => {
      const call: Call = { reject };
      const calls = this.#calls.add(call);
      events.in(deadlineMs, () => (calls.delete(call) ? reject(fault('no answer in time')) : undefined));
      const hear = (answer: T | Fault): void => {
        if (!calls.delete(call)) return;
        if (isFault(answer)) reject(new HeadgateError(answer.fault, 'said by the simulated store'));
        else resolve(answer as Awaited<T>); // A store says what it says at once.
      };
      this.#send('there', () => {
        if (!server.isUp) return this.break();
        deliver(server, (answer) => this.#send('back', () => hear(answer)));
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

function isFault(answer: unknown): answer is Fault {
  return typeof answer === 'object' && answer !== null && 'fault' in answer;
}

function fault(why: string): HeadgateError {
  return new HeadgateError('ERR_STORE', why);
}

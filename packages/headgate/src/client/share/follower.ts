import { MAX_TIMER_MS } from '../figures.ts';
import { RateLimitError } from '../fetch/errors.ts';
import { Limit } from '../model/limit.ts';
import { late, type Timer, type Wanted } from '../model/pacer.ts';
import type { Flight, Landing } from '../model/scope.ts';
import { ServerClock } from '../model/server-clock.ts';
import type { RateLimitInfo } from '../parse/told.ts';
import type { Channel, Message } from './wire.ts';

interface Asked {
  readonly wanted: Wanted;
  readonly go: (flight: Flight) => void;
  readonly fail: (error: Error) => void;
}

const NAMELESS = new Limit({ name: '', source: 'disclosed', capacity: 1 });

/** Asks whoever leads. */
export class Follower {
  readonly #channel: Channel;
  readonly #self: string;
  readonly #asked = new Map<number, Asked>();
  readonly #clocks = new Map<string, ServerClock>();
  readonly #timer: Timer;
  #id = 0;

  constructor(channel: Channel, self: string, timer: Timer) {
    this.#channel = channel;
    this.#self = self;
    this.#timer = timer;
  }

  /** Those who wait: a new leader is asked again. */
  get waiting(): readonly Asked[] {
    return [...this.#asked.values()];
  }

  async take(wanted: Wanted): Promise<Flight> {
    const { signal } = wanted;
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const id = this.#id++;
      const end = (): void => {
        this.#asked.delete(id);
        stop();
        signal?.removeEventListener('abort', abort);
      };
      const leave = (error: unknown): void => {
        fail(error);
        this.#channel.post({ is: 'leave', from: this.#self, id });
      };
      const abort = (): void => leave(signal?.reason); // whatever the caller gave
      const stop = this.#alarm(wanted.deadlineAtMs, leave);
      signal?.addEventListener('abort', abort);
      const go = (flight: Flight): void => {
        end();
        resolve(flight);
      };
      const fail = (error: unknown): void => {
        end();
        reject(error);
      };
      this.#asked.set(id, { wanted, go, fail });
      this.#ask(id, wanted);
    });
  }

  /** Whoever leads may be gone, or not there yet. */
  #alarm(atMs: number, leave: (error: Error) => void): () => void {
    const leftMs = Math.ceil(atMs - this.#timer.nowMs());
    if (leftMs > MAX_TIMER_MS) return () => {};
    return this.#timer.after(leftMs, () => leave(late(atMs)));
  }

  /** Whoever led before is gone, and what it knew with it. */
  askAgain(): void {
    for (const [id, { wanted }] of this.#asked) this.#ask(id, wanted);
  }

  hear(message: Message): void {
    if (message.is === 'lead') this.askAgain();
    if (!('to' in message) || message.to !== this.#self) return;
    const asked = this.#asked.get(message.id);
    if (message.is === 'go') asked?.go(this.#flight(message.id, asked.wanted, message.inFlight));
    else asked?.fail(new RateLimitError(message.code, 'elsewhere', message.retryAtMs));
  }

  #ask(id: number, { scope, ask, priority, deadlineAtMs }: Wanted): void {
    const costs = ask.declared.map((limit) => [limit.terms.key ?? '', ask.costOf(limit)] as const);
    // A limit of no name is what a plain cost is meant for.
    const told = ask.costOf(NAMELESS);
    const { notBeforeMs } = ask;
    this.#channel.post({
      is: 'take',
      from: this.#self,
      id,
      scope,
      costs,
      told,
      notBeforeMs,
      priority,
      deadlineAtMs: deadlineAtMs < Infinity ? deadlineAtMs : null,
    });
  }

  /** A flight whose scope stands elsewhere: what becomes of it is told to whoever leads. */
  #flight(id: number, { ask, scope }: Wanted, inFlight: number): Flight {
    const tell = (message: Message): void => this.#channel.post(message);
    const from = this.#self;
    const clock = this.#clocks.get(scope) ?? new ServerClock();
    this.#clocks.set(scope, clock);
    let landed: Extract<Message, { is: 'land' }> | undefined;
    const landing: Landing = {
      savings: 1,
      clock,
      flights: { size: inFlight },
      get reading() {
        return 0;
      },
      set reading(by: number) {
        if (by > 0) tell({ is: 'hold', from, id });
      },
      get pausedUntilMs() {
        return 0;
      },
      set pausedUntilMs(atMs: number) {
        // It follows the landing, and is told with it.
        if (landed) landed = { ...landed, pausedUntilMs: atMs };
      },
      land(
        { others }: Flight,
        receivedAtMs: number,
        because: 'refused' | 'unavailable' | 'fault' | null = null,
        info: RateLimitInfo | null = null,
      ) {
        landed = { is: 'land', from, id, receivedAtMs, because, info, others, pausedUntilMs: 0 };
        queueMicrotask(() => {
          if (landed) tell(landed);
        });
      },
    };
    return { scope: landing, ask, sentAtMs: this.#timer.nowMs(), limits: [], others: 0 };
  }
}

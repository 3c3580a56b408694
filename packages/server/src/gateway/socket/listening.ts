import type { Answered, Verdict } from 'headgate/http';
import { eventOf, EventSplitter, messageOf } from './event-stream.ts';
import type { HeldBounds } from './held.ts';
import type { LiveChannel } from './live.ts';
import { Ticks } from './ticks.ts';

export interface ListeningOptions {
  readonly channel: LiveChannel;
  readonly bounds: HeldBounds;
  readonly write: (bytes: Buffer) => void;
  /** Asks the API to wait, and to go on. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly onDenied: (answered: Answered) => void;
  readonly onFault: (error: unknown) => void;
  /** The answer has to end here; `isWhole`: as if it were all of it. */
  readonly onEnd: (isWhole: boolean) => void;
  /** Monotonic. */
  readonly nowMs: () => number;
}

/** An answer that is a stream of events, each of which is a message to its caller: what is refused is left out. */
export class Listening {
  readonly #options: ListeningOptions;
  readonly #splitter: EventSplitter;
  readonly #ticks: Ticks;
  #queue: Buffer[] = [];
  #isAsking = false;
  #isTold = false;
  #isOver = false;
  #then: (() => void) | undefined;

  constructor(options: ListeningOptions) {
    this.#options = options;
    this.#splitter = new EventSplitter(options.bounds);
    this.#ticks = new Ticks(options.channel, options.nowMs());
  }

  take(chunk: Buffer): void {
    if (this.#isOver) return;
    const events = this.#splitter.take(chunk);
    if (events === undefined) return this.#end(false);
    this.#queue.push(...events);
    if (!this.#isAsking) this.#work();
  }

  /** The API has ended: `then` once all of it has been judged. */
  end(then: () => void): void {
    this.#then = then;
    if (!this.#isAsking) this.#work();
  }

  look(): void {
    if (!this.#isOver) this.#ticks.look(this.#options.nowMs(), (everyMs) => void this.#tick(everyMs));
  }

  async #tick(everyMs: number): Promise<void> {
    try {
      const verdict = await this.#options.channel.now?.tick(everyMs);
      if (verdict !== undefined) this.#refuse(verdict);
    } catch (error) {
      this.#fault(error);
    }
  }

  over(): void {
    this.#isOver = true;
    this.#queue = [];
    this.#splitter.release();
  }

  #work(): void {
    for (let event = this.#queue.shift(); event !== undefined && !this.#isOver; event = this.#queue.shift()) {
      const verdict = this.#judge(event);
      if (verdict instanceof Promise) return void this.#await(verdict, event);
      this.#settle(verdict, event);
    }
    if (this.#then === undefined || this.#isOver) return;
    if (this.#splitter.rest.length > 0) this.#options.write(this.#splitter.rest);
    this.over();
    this.#then();
  }

  #judge(event: Buffer): Verdict | Promise<Verdict> {
    const { channel } = this.#options;
    const needs = channel.now?.needs.out;
    const message = needs === undefined ? undefined : messageOf(event);
    if (message === undefined) return undefined;
    const { bytes, type } = message;
    try {
      return channel.now?.message('out', needs === 'body' ? message : { bytes, type });
    } catch (error) {
      this.#fault(error);
      return undefined;
    }
  }

  async #await(verdict: Promise<Verdict>, event: Buffer): Promise<void> {
    this.#isAsking = true;
    this.#options.pause();
    try {
      this.#settle(await verdict, event);
    } catch (error) {
      return this.#fault(error);
    }
    this.#isAsking = false;
    this.#options.resume();
    this.#work();
  }

  #settle(verdict: Verdict, event: Buffer): void {
    if (this.#isOver) return;
    if (verdict !== undefined) return this.#refuse(verdict);
    this.#isTold = false;
    this.#options.write(event);
  }

  /** Of events that are left out one after another, the caller is told once. */
  #refuse(answered: Answered): void {
    if (this.#isOver) return;
    if (answered.denial !== undefined) this.#options.onDenied(answered);
    if (!this.#isTold && answered.body !== '') this.#options.write(eventOf(answered.body));
    this.#isTold = true;
    if (answered.close !== undefined) this.#end(true);
  }

  /** What cannot be judged must not pass. */
  #fault(error: unknown): void {
    this.#options.onFault(error);
    this.#end(false);
  }

  #end(isWhole: boolean): void {
    if (this.#isOver) return;
    this.over();
    this.#options.onEnd(isWhole);
  }
}

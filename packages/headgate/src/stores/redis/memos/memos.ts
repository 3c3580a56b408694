import type { Memos } from '../../../core/index.ts';
import { storeFault } from '../faults.ts';
import type { Bytes } from '../port/client.ts';
import type { Sender } from '../port/sender.ts';
import { memoKeyOf } from '../records/key.ts';
import { LONGEST_MS } from '../records/lifetime.ts';
import type { Asks } from '../rounds/asks.ts';
import { Awaited, type Keeper, type Waiter } from '../rounds/awaited.ts';
import { memoAnswersOf, memoArgsOf, MEMOS, type MemoAsked, type MemoVerb } from './script.ts';

/** Names that one call asks for, at most. */
const MOST_A_CALL = 256;

/** A name that is asked for. */
class MemoAsk extends Awaited<string | undefined> implements MemoAsked {
  readonly verb: MemoVerb;
  readonly key: Bytes;
  readonly text: string;
  readonly keepMs: number;

  constructor(
    { verb, key, text, keepMs }: MemoAsked,
    deadlineMs: number,
    nowMs: number,
    waiter: Waiter<string | undefined>,
    keeper: Keeper,
  ) {
    super(deadlineMs, nowMs, waiter, keeper);
    this.verb = verb;
    this.key = key;
    this.text = text;
    this.keepMs = keepMs;
  }
}

interface RedisMemosOptions {
  readonly prefix: string;
  readonly sender: Sender;
  readonly asks: Asks;
  /** @throws HeadgateError where too much waits, or the store is closed */
  readonly requireRoom: () => void;
  /** Has all that waits started soon. */
  readonly schedule: () => void;
  readonly nowMs: () => number;
}

/** Memos as values of their own, each with a lifetime: what one turn of the loop asks for is one call, in a cluster one a name. */
export class RedisMemos implements Memos {
  readonly #options: RedisMemosOptions;
  #waiting: MemoAsk[] = [];

  constructor(options: RedisMemosOptions) {
    this.#options = options;
  }

  put(name: string, text: string, lifetimeMs: number, deadlineMs: number): Promise<string | undefined> {
    return this.#ask({ verb: 'put', key: this.#keyOf(name), text, keepMs: keepMsOf(lifetimeMs) }, deadlineMs);
  }

  read(name: string, deadlineMs: number): Promise<string | undefined> {
    return this.#ask({ verb: 'read', key: this.#keyOf(name), text: '', keepMs: 0 }, deadlineMs);
  }

  take(name: string, deadlineMs: number): Promise<string | undefined> {
    return this.#ask({ verb: 'take', key: this.#keyOf(name), text: '', keepMs: 0 }, deadlineMs);
  }

  mark(name: string, lifetimeMs: number, deadlineMs: number): Promise<string | undefined> {
    return this.#ask({ verb: 'mark', key: this.#keyOf(name), text: '', keepMs: keepMsOf(lifetimeMs) }, deadlineMs);
  }

  #keyOf(name: string): Bytes {
    return memoKeyOf(this.#options.prefix, name);
  }

  #ask(asked: MemoAsked, deadlineMs: number): Promise<string | undefined> {
    const { asks, requireRoom, schedule, nowMs } = this.#options;
    return new Promise((resolve, reject) => {
      requireRoom();
      const ask = new MemoAsk(asked, deadlineMs, nowMs(), { resolve, reject }, asks);
      this.#waiting.push(ask);
      asks.add(ask);
      schedule();
    });
  }

  /** Sends what can be sent now. What nobody waits for any more is never sent. */
  start(): void {
    if (this.#waiting.length === 0) return;
    const { sender } = this.#options;
    this.#waiting = this.#waiting.filter(({ isOver }) => !isOver);
    while (this.#waiting.length > 0 && sender.room > 0)
      void this.#send(this.#waiting.splice(0, sender.isCluster ? 1 : MOST_A_CALL));
  }

  async #send(asks: readonly MemoAsk[]): Promise<void> {
    try {
      const keys = asks.map(({ key }) => key);
      const answers = memoAnswersOf(await this.#options.sender.send(MEMOS, keys, memoArgsOf(asks)), asks.length);
      for (const [i, ask] of asks.entries()) answer(ask, answers[i]);
    } catch (error) {
      for (const ask of asks) ask.fail(storeFault(error));
    }
  }
}

function keepMsOf(lifetimeMs: number): number {
  return Math.max(1, Math.ceil(Math.min(lifetimeMs, LONGEST_MS)));
}

function answer(ask: MemoAsk, found: string | undefined | Error): void {
  if (found instanceof Error) ask.fail(storeFault(found));
  else ask.answer(found);
}

import type { Memos } from '../../../core/index.ts';
import { storeFault } from '../faults.ts';
import type { Bytes } from '../port/client.ts';
import type { Sender } from '../port/sender.ts';
import { memoPlaceOf } from '../records/key.ts';
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
  readonly home: string;
  readonly text: string;
  readonly keepMs: number;

  constructor(
    { verb, key, home, text, keepMs }: MemoAsked,
    deadlineMs: number,
    nowMs: number,
    waiter: Waiter<string | undefined>,
    keeper: Keeper,
  ) {
    super(deadlineMs, nowMs, waiter, keeper);
    this.verb = verb;
    this.key = key;
    this.home = home;
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
    return this.#ask({ verb: 'put', ...this.#placeOf(name), text, keepMs: keepMsOf(lifetimeMs) }, deadlineMs);
  }

  read(name: string, deadlineMs: number): Promise<string | undefined> {
    return this.#ask({ verb: 'read', ...this.#placeOf(name), text: '', keepMs: 0 }, deadlineMs);
  }

  take(name: string, deadlineMs: number): Promise<string | undefined> {
    return this.#ask({ verb: 'take', ...this.#placeOf(name), text: '', keepMs: 0 }, deadlineMs);
  }

  mark(name: string, lifetimeMs: number, deadlineMs: number): Promise<string | undefined> {
    return this.#ask({ verb: 'mark', ...this.#placeOf(name), text: '', keepMs: keepMsOf(lifetimeMs) }, deadlineMs);
  }

  #placeOf(name: string): Pick<MemoAsked, 'key' | 'home'> {
    return memoPlaceOf(this.#options.prefix, name);
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
    const all = this.#waiting.filter(({ isOver }) => !isOver);
    const room = sender.room();
    const most = sender.isCluster ? 1 : MOST_A_CALL;
    this.#waiting = [];
    for (let i = 0; i < all.length; i += most) {
      const asks = all.slice(i, i + most);
      if (room.take(asks[0]!.home)) void this.#send(asks);
      else this.#waiting.push(...asks);
    }
  }

  async #send(asks: readonly MemoAsk[]): Promise<void> {
    try {
      const [{ home }] = asks as readonly [MemoAsk]; // In a cluster there is no other.
      const keys = asks.map(({ key }) => key);
      const reply = await this.#options.sender.send(home, MEMOS, keys, memoArgsOf(asks));
      const answers = memoAnswersOf(reply, asks.length);
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

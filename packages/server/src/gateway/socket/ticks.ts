import type { Verdict } from 'headgate/http';
import type { LiveChannel } from './live.ts';

/** Ticks that are caught up on in one look: a process that stood still owes them. */
const MAX_AT_ONCE = 60;

type OnRefused = (verdict: NonNullable<Verdict>) => void;

/** Says when a connection has lasted as long as the policy asks to be told of. */
export class Ticks {
  readonly #channel: LiveChannel;
  readonly #sinceMs: number;
  /** Of each sort, how many have come. */
  readonly #come: Map<number, number>;
  #isAsking = false;

  constructor(channel: LiveChannel, sinceMs: number) {
    this.#channel = channel;
    this.#sinceMs = sinceMs;
    this.#come = new Map(channel.now?.ticks.map((everyMs) => [everyMs, 0]));
  }

  /** Asks about what is due; `onRefused` is told of each that is refused. */
  look(nowMs: number, onRefused: OnRefused): void {
    const channel = this.#channel.now;
    if (channel === undefined || this.#isAsking) return;
    for (const everyMs of channel.ticks) {
      const due = Math.floor((nowMs - this.#sinceMs) / everyMs);
      // Of a sort that another policy has brought, those that are over are nobody's.
      const come = this.#come.get(everyMs) ?? due;
      const now = Math.min(due, come + MAX_AT_ONCE);
      this.#come.set(everyMs, now);
      for (let i = come; i < now; i++) this.#take(channel.tick(everyMs), onRefused);
    }
  }

  #take(verdict: Verdict | Promise<Verdict>, onRefused: OnRefused): void {
    if (!(verdict instanceof Promise)) {
      if (verdict !== undefined) onRefused(verdict);
      return;
    }
    this.#isAsking = true;
    const done = (one: Verdict): void => {
      this.#isAsking = false;
      if (one !== undefined) onRefused(one);
    };
    void verdict.then(done, () => (this.#isAsking = false));
  }
}

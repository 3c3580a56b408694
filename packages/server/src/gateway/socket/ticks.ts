import type { LiveChannel } from './live.ts';

/** Ticks that are caught up on in one look: a process that stood still owes them. */
const MAX_AT_ONCE = 60;

/** Says when a connection has lasted as long as the policy asks to be told of. */
export class Ticks {
  readonly #channel: LiveChannel;
  readonly #sinceMs: number;
  /** Of each sort, how many have come. */
  readonly #come: Map<number, number>;

  constructor(channel: LiveChannel, sinceMs: number) {
    this.#channel = channel;
    this.#sinceMs = sinceMs;
    this.#come = new Map(channel.now?.ticks.map((everyMs) => [everyMs, 0]));
  }

  /** Asks for each that is due. */
  look(nowMs: number, ask: (everyMs: number) => void): void {
    for (const everyMs of this.#channel.now?.ticks ?? []) {
      const due = Math.floor((nowMs - this.#sinceMs) / everyMs);
      // Of a sort that another policy has brought, those that are over are nobody's.
      const come = this.#come.get(everyMs) ?? due;
      const now = Math.min(due, come + MAX_AT_ONCE);
      this.#come.set(everyMs, now);
      for (let i = come; i < now; i++) ask(everyMs);
    }
  }
}

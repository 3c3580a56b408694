import type { Channel, HttpGate, Opened } from 'headgate/http';

/**
 * What is asked of a connection by whichever policy is in force: one that is read anew holds for what happens on a connection from then on. What
 * was held by an earlier one stays held until the connection is closed.
 */
export class LiveChannel {
  readonly #opened: Opened;
  readonly #current: () => HttpGate;
  #gate: HttpGate | undefined;
  #channel: Channel | undefined;
  readonly #earlier: Channel[] = [];

  constructor(opened: Opened, current: () => HttpGate) {
    this.#opened = opened;
    this.#current = current;
  }

  /** Undefined while the policy asks nothing of what happens on a connection. */
  get now(): Channel | undefined {
    const gate = this.#current();
    if (gate === this.#gate) return this.#channel;
    if (this.#channel !== undefined) this.#earlier.push(this.#channel);
    this.#gate = gate;
    return (this.#channel = gate.channel?.(this.#opened));
  }

  close(): void {
    for (const channel of this.#earlier) channel.close();
    this.#channel?.close();
  }
}

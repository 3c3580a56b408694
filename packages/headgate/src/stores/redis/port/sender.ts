import type { Bytes, Port } from './client.ts';
import { runScript, type Script } from './script.ts';

/**
 * Calls that are under way at once, at most. A Redis that is frozen, or silent, gets no more than these: what is asked meanwhile
 * waits here until its deadline and is never sent, so that nothing piles up in the client's queue, nor comes down on Redis when it wakes.
 */
const MAX_UNANSWERED = 32;
/** A cluster is called once a home, so that a call carries little. */
const MAX_UNANSWERED_OF_CLUSTER = 1024;

/** Sends scripts, a bounded number at once, and only when the client would not queue them. */
export class Sender {
  readonly #port: Port;
  readonly #freed: () => void;
  readonly #stopListening: () => void;
  #unanswered = 0;
  /** Calls made, all told. */
  calls = 0;

  /** `freed` is told whenever it may be possible again to send. */
  constructor(port: Port, freed: () => void) {
    this.#port = port;
    this.#freed = freed;
    this.#stopListening = port.onReady(freed);
  }

  get isCluster(): boolean {
    return this.#port.isCluster;
  }

  /** How many more calls may be made now. */
  get room(): number {
    const most = this.#port.isCluster ? MAX_UNANSWERED_OF_CLUSTER : MAX_UNANSWERED;
    return this.#port.isReady() ? most - this.#unanswered : 0;
  }

  get unanswered(): number {
    return this.#unanswered;
  }

  async send(script: Script, keys: readonly Bytes[], args: readonly Bytes[]): Promise<unknown> {
    this.#unanswered++;
    this.calls++;
    try {
      return await runScript(this.#port, script, keys, args);
    } finally {
      this.#unanswered--;
      this.#freed();
    }
  }

  close(): void {
    this.#stopListening();
  }
}

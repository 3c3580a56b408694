import type { Bytes, Port } from './client.ts';
import type { Script } from './script.ts';

/**
 * Calls that are under way at once, at most. A Redis that is frozen, or silent, gets no more than these: what is asked meanwhile
 * waits here until its deadline and is never sent, so that nothing piles up in the client's queue, nor comes down on Redis when it wakes.
 */
const MAX_UNANSWERED = 32;
/** The same of each node of a cluster, which is called once a home, so that a call carries little. */
const MAX_UNANSWERED_OF_NODE = 512;

/** What may be sent in one go: a node of a cluster that answers nothing takes no room from the others. */
export class Room {
  readonly #port: Port;
  readonly #unanswered: ReadonlyMap<string, number>;
  /** By node. */
  readonly #left: Map<string, number> = new Map();

  constructor(port: Port, unanswered: ReadonlyMap<string, number>) {
    this.#port = port;
    this.#unanswered = unanswered;
  }

  /** Takes room for one call to where a home is; false where there is none. */
  take(home: string): boolean {
    if (!this.#port.isReady()) return false;
    const node = this.#port.nodeOf(home);
    const most = this.#port.isCluster ? MAX_UNANSWERED_OF_NODE : MAX_UNANSWERED;
    const left = this.#left.get(node) ?? most - (this.#unanswered.get(node) ?? 0);
    if (left <= 0) return false;
    this.#left.set(node, left - 1);
    return true;
  }
}

/** Sends scripts, a bounded number at once, and only when the client would not queue them. */
export class Sender {
  readonly #port: Port;
  readonly #freed: () => void;
  readonly #stopListening: () => void;
  /** By node; those that have answered all are not among them. */
  readonly #byNode: Map<string, number> = new Map();
  unanswered = 0;
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

  /** Whether nothing can be sent now, wherever it is to go. */
  get isFull(): boolean {
    return !this.#port.isReady() || (!this.#port.isCluster && this.unanswered >= MAX_UNANSWERED);
  }

  room(): Room {
    return new Room(this.#port, this.#byNode);
  }

  /**
   * Runs a script by its name; where Redis has lost it, or never had it, by its text, which it then keeps.
   * @param home of all its keys, in a cluster
   */
  async send(home: string, { sha, text }: Script, keys: readonly Bytes[], args: readonly Bytes[]): Promise<unknown> {
    const node = this.#port.nodeOf(home);
    this.calls++;
    this.#count(node, 1);
    try {
      return await this.#port.run('EVALSHA', sha, keys, args);
    } catch (error) {
      // It has not run, so that nothing happens twice.
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return await this.#port.run('EVAL', text, keys, args);
    } finally {
      this.#count(node, -1);
      this.#freed();
    }
  }

  #count(node: string, calls: number): void {
    this.unanswered += calls;
    const all = (this.#byNode.get(node) ?? 0) + calls;
    if (all > 0) this.#byNode.set(node, all);
    else this.#byNode.delete(node);
  }

  close(): void {
    this.#stopListening();
  }
}

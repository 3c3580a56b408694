import type { Bytes, Port } from './client.ts';
import type { Script } from './script.ts';

/**
 * Calls that are under way at once, at most. A Redis that is frozen, or silent, gets no more than these: what is asked meanwhile
 * waits here until its deadline and is never sent, so that nothing piles up in the client's queue, nor comes down on Redis when it wakes.
 */
const MAX_UNANSWERED = 32;
/** The same of each node of a cluster, which is called once a home, so that a call carries little. */
const MAX_UNANSWERED_OF_NODE = 512;
/**
 * A Redis that has said nothing for so long, though it was asked, is asked nothing more: only of a connection on which nothing goes out either does every
 * client find out that nobody is there. In ms.
 */
const SILENT_MS = 250;
/** But once in so long: the call that it owes an answer to may wait elsewhere, where the client was sent on to. In ms. */
const PROBE_MS = 2000;

/** What is known of a node, or of a Redis that is alone. */
interface Node {
  unanswered: number;
  /** Calls that it was sent, and the last of them that it has answered. It answers in order. */
  sent: number;
  heard: number;
  /** Since when it owes an answer, and has given none. */
  silentSinceMs: number;
  sentAtMs: number;
}

/** What may be sent in one go: a node of a cluster that answers nothing takes no room from the others. */
export class Room {
  readonly #port: Port;
  readonly #nodes: ReadonlyMap<string, Node>;
  readonly #nowMs: number;
  /** By node. */
  readonly #left: Map<string, number> = new Map();

  constructor(port: Port, nodes: ReadonlyMap<string, Node>, nowMs: number) {
    this.#port = port;
    this.#nodes = nodes;
    this.#nowMs = nowMs;
  }

  /** Takes room for one call to where a home is; false where there is none. */
  take(home: string): boolean {
    if (!this.#port.isReady()) return false;
    const node = this.#port.nodeOf(home);
    const left = this.#left.get(node) ?? this.#roomAt(this.#nodes.get(node));
    if (left <= 0) return false;
    this.#left.set(node, left - 1);
    return true;
  }

  #roomAt(node: Node | undefined): number {
    const most = this.#port.isCluster ? MAX_UNANSWERED_OF_NODE : MAX_UNANSWERED;
    if (node === undefined) return most;
    const left = most - node.unanswered;
    const isSilent = node.heard < node.sent && this.#nowMs - node.silentSinceMs > SILENT_MS;
    if (!isSilent) return left;
    return this.#nowMs - node.sentAtMs > PROBE_MS ? Math.min(1, left) : 0;
  }
}

/** Sends scripts, a bounded number at once, and only when the client would not queue them. */
export class Sender {
  readonly #port: Port;
  readonly #freed: () => void;
  readonly #stopListening: () => void;
  /** By node; those that have answered all are not among them. */
  readonly #nodes: Map<string, Node> = new Map();
  readonly #nowMs: () => number;
  unanswered = 0;
  /** Calls made, all told. */
  calls = 0;

  /** `nowMs` never goes back; `freed` is told whenever it may be possible again to send. */
  constructor(port: Port, nowMs: () => number, freed: () => void) {
    this.#port = port;
    this.#nowMs = nowMs;
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
    return new Room(this.#port, this.#nodes, this.#nowMs());
  }

  /**
   * Runs a script by its name; where Redis has lost it, or never had it, by its text, which it then keeps.
   * @param home of all its keys, in a cluster
   */
  async send(home: string, { sha, text }: Script, keys: readonly Bytes[], args: readonly Bytes[]): Promise<unknown> {
    const name = this.#port.nodeOf(home);
    const place = this.#sent(name);
    try {
      return await this.#port.run('EVALSHA', sha, keys, args);
    } catch (error) {
      // It has not run, so that nothing happens twice.
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return await this.#port.run('EVAL', text, keys, args);
    } finally {
      this.#answered(name, place);
      this.#freed();
    }
  }

  /** Which of its calls it is. */
  #sent(name: string): number {
    const nowMs = this.#nowMs();
    const node = this.#nodes.get(name) ?? { unanswered: 0, sent: 0, heard: 0, silentSinceMs: nowMs, sentAtMs: nowMs };
    this.#nodes.set(name, node);
    if (node.heard === node.sent) node.silentSinceMs = nowMs;
    node.sentAtMs = nowMs;
    node.unanswered++;
    this.unanswered++;
    this.calls++;
    return ++node.sent;
  }

  #answered(name: string, place: number): void {
    const node = this.#nodes.get(name)!; // It is kept while it owes an answer.
    node.heard = Math.max(node.heard, place);
    node.silentSinceMs = this.#nowMs();
    this.unanswered--;
    if (--node.unanswered === 0) this.#nodes.delete(name);
  }

  close(): void {
    this.#stopListening();
  }
}

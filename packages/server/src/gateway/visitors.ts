import type { ClientCertificate } from 'headgate/http';

/** The other end of one connection. */
export interface Caller {
  /** As it is told to the API: IPv4 in its own form, whatever the socket says. */
  readonly address: string;
  readonly visitor: Visitor;
  /** What it has proved to be when hands were shaken. */
  readonly certificate?: ClientCertificate | undefined;
}

/** What one address (IPv6: one network of them) has open here at this moment. */
export interface Visitor {
  readonly network: string;
  /** A trusted proxy speaks for many, and is not bound like one. */
  readonly isBounded: boolean;
  connections: number;
  underWay: number;
}

/** Addresses with something open: what each may have open is bounded, so that one cannot take what is there for all. */
export class Visitors {
  readonly #open = new Map<string, Visitor>();
  readonly #maxConnections: number;

  constructor(maxConnections: number) {
    this.#maxConnections = maxConnections;
  }

  /** A connection from a network; undefined when it has as many as it may. */
  arrive(network: string, isBounded: boolean): Visitor | undefined {
    const known = this.#open.get(network) ?? { network, isBounded, connections: 0, underWay: 0 };
    if (known.isBounded && known.connections >= this.#maxConnections) return undefined;
    known.connections++;
    this.#open.set(network, known);
    return known;
  }

  leave(visitor: Visitor): void {
    if (--visitor.connections === 0) this.#open.delete(visitor.network);
  }
}

import { certificateOf } from 'headgate/http';
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Bounds } from './bounds.ts';
import type { Protocol } from './exchange.ts';
import type { Certificate } from './certificate.ts';
import { createHandshakes, type Proofs } from './handshakes.ts';
import { Visitors, type Caller } from './visitors.ts';

/** How an HTTP/2 connection begins when both sides know of it beforehand (RFC 9113 3.4). */
const PREFACE = 'PRI * HTTP/2.0';

export interface DoorOptions {
  readonly bounds: Bounds;
  readonly http1: Protocol;
  readonly http2: Protocol;
  /** Speaks TLS with this; without it, plain text. */
  readonly certificate?: Certificate | undefined;
  /** How callers prove who they are; default: they cannot. */
  readonly proofs?: Proofs;
  /** The network that an address is counted as part of. */
  readonly networkOf: (address: string) => string;
  /** Whether a peer speaks for many callers, and is not bound like one. */
  readonly isTrusted: (address: string) => boolean;
  /** Told of a connection that was turned away. */
  readonly onTurnedAway: (network: string) => void;
}

/** Where connections come in: counted by address, and handed to the version of HTTP that they speak. */
export interface Door {
  readonly server: Server;
  /** Open now. */
  readonly connections: number;
  /** Takes another certificate from the next connection on. */
  renew(certificate: Certificate): void;
  /** Ends the connections that have said nothing yet. */
  drain(): void;
  /** Ends every connection at once. */
  slam(): void;
}

const NO_PROOFS: Proofs = { isAsked: () => false, wallMs: () => Date.now() };

export function createDoor(options: DoorOptions): Door {
  const { bounds, http1, http2, certificate, proofs = NO_PROOFS } = options;
  const visitors = new Visitors(bounds.connectionsAnAddress);
  const open = new Set<Duplex>();
  const silent = new Set<Duplex>();
  const handshakes = certificate && createHandshakes(certificate, bounds.headMs, proofs);
  // A caller of HTTP/1 may end its side before it has its answer; nobody may before a handshake is done.
  const server = createServer({ noDelay: true, allowHalfOpen: handshakes === undefined }, receive);
  server.maxConnections = bounds.connections;

  /** A connection counts from its beginning, not only after a handshake that may never end. */
  function admit(socket: Socket): Caller | undefined {
    const address = plain(socket.remoteAddress);
    const network = options.networkOf(address);
    const visitor = visitors.arrive(network, !options.isTrusted(address));
    if (visitor === undefined) {
      options.onTurnedAway(network);
      return void socket.destroy();
    }
    open.add(socket);
    socket.on('close', () => {
      open.delete(socket);
      silent.delete(socket);
      visitors.leave(visitor);
    });
    return { address, visitor };
  }

  function receive(socket: Socket): void {
    const caller = admit(socket);
    if (caller === undefined) return;
    const take = (spoken: Duplex, isHttp2: boolean, proved?: Caller['certificate']): void => {
      silent.delete(socket);
      (isHttp2 ? http2 : http1).take(spoken, proved === undefined ? caller : { ...caller, certificate: proved });
    };
    silent.add(socket);
    if (handshakes === undefined) listen(socket, bounds.headMs, (isHttp2) => take(socket, isHttp2));
    else
      handshakes.begin(socket, (secure) =>
        take(secure, secure.alpnProtocol === 'h2', certificateOf(secure, proofs.wallMs)),
      );
  }

  return {
    server,
    get connections() {
      return open.size;
    },
    renew: (next) => handshakes?.renew(next),
    drain: () => destroyAll(silent),
    slam: () => destroyAll(open),
  };
}

function destroyAll(sockets: Iterable<Duplex>): void {
  for (const socket of sockets) socket.destroy();
}

/** Hears the first bytes of a connection, says which protocol they are, and puts them back. */
function listen(socket: Socket, waitMs: number, heard: (isHttp2: boolean) => void): void {
  let first: Buffer = Buffer.alloc(0);
  const timer = setTimeout(() => socket.destroy(), waitMs);
  const done = (): void => {
    clearTimeout(timer);
    socket.off('data', onData).off('end', onEnd).off('error', done).off('close', done);
  };
  const onEnd = (): void => void socket.destroy();
  const onData = (chunk: Buffer): void => {
    first = first.length === 0 ? chunk : Buffer.concat([first, chunk]);
    const text = first.toString('latin1', 0, PREFACE.length);
    if (text.length < PREFACE.length && PREFACE.startsWith(text)) return;
    done();
    socket.pause();
    socket.unshift(first);
    heard(text === PREFACE);
  };
  socket.on('data', onData).on('end', onEnd).on('error', done).on('close', done);
}

/** A socket that hears both families tells IPv4 inside IPv6. */
function plain(address = ''): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}

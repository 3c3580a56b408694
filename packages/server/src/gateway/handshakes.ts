import type { Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { Certificate } from './certificate.ts';

/** Shakes hands (TLS) on connections that somebody else accepted and counted. */
export interface Handshakes {
  /** Calls `done` when hands are shaken; else the connection ends. */
  begin(socket: Socket, done: (secure: TLSSocket) => void): void;
  /** Takes another certificate from the next handshake on. */
  renew(certificate: Certificate): void;
}

/** @param waitMs how long a handshake may take */
export function createHandshakes(certificate: Certificate, waitMs: number): Handshakes {
  /** By the other end: Node does not tell which connection it was that it has secured. */
  const waiting = new Map<string, (secure: TLSSocket) => void>();
  const server = createServer({
    ...certificate,
    ALPNProtocols: ['h2', 'http/1.1'],
    minVersion: 'TLSv1.2',
    handshakeTimeout: waitMs,
  });
  server.on('secureConnection', (secure) => waiting.get(peerOf(secure))?.(secure));
  // Node says that a handshake took too long, and leaves its connection open.
  server.on('tlsClientError', (_, socket) => socket.destroy());

  function begin(socket: Socket, done: (secure: TLSSocket) => void): void {
    const peer = peerOf(socket);
    waiting.set(peer, done);
    socket.on('close', () => waiting.delete(peer));
    server.emit('connection', socket);
  }

  return { begin, renew: (next) => server.setSecureContext(next) };
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

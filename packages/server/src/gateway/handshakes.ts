import type { Socket } from 'node:net';
import { createServer, type SecureContextOptions, type Server, type TLSSocket } from 'node:tls';
import type { Certificate } from './certificate.ts';

/** Shakes hands (TLS) on connections that somebody else accepted and counted. */
export interface Handshakes {
  /** Calls `done` when hands are shaken; else the connection ends. */
  begin(socket: Socket, done: (secure: TLSSocket) => void): void;
  /** Takes another certificate from the next handshake on. */
  renew(certificate: Certificate): void;
}

/** Whom callers may prove to be. */
export interface Proofs {
  /** Whether callers are asked who they are: read for each handshake. */
  readonly isAsked: () => boolean;
  /** The time of day, by which certificates are valid. */
  readonly wallMs: () => number;
  /** Who may vouch for them, as PEM; without it, nobody. */
  readonly authorities?: Buffer | undefined;
}

/** @param waitMs how long a handshake may take */
export function createHandshakes(certificate: Certificate, waitMs: number, proofs: Proofs): Handshakes {
  /** By the other end: Node does not tell which connection it was that it has secured. */
  const waiting = new Map<string, (secure: TLSSocket) => void>();
  const make = (requestCert: boolean): Server => {
    const server = createServer({
      ...contextOf(certificate, proofs),
      ALPNProtocols: ['h2', 'http/1.1'],
      minVersion: 'TLSv1.2',
      handshakeTimeout: waitMs,
      requestCert,
      // Whoever proves nothing may be somebody who needs not: that is the policy's to say.
      rejectUnauthorized: false,
    });
    server.on('secureConnection', (secure) => waiting.get(peerOf(secure))?.(secure));
    // Node says that a handshake took too long, and leaves its connection open.
    return server.on('tlsClientError', (_, socket) => socket.destroy());
  };
  const [plain, asking] = [make(false), make(true)];

  function begin(socket: Socket, done: (secure: TLSSocket) => void): void {
    const peer = peerOf(socket);
    waiting.set(peer, done);
    socket.on('close', () => waiting.delete(peer));
    (proofs.isAsked() ? asking : plain).emit('connection', socket);
  }

  function renew(next: Certificate): void {
    for (const server of [plain, asking]) server.setSecureContext(contextOf(next, proofs));
  }

  return { begin, renew };
}

/** Without authorities nobody vouches for anybody: those of the platform vouch for servers. */
function contextOf(certificate: Certificate, { authorities }: Proofs): SecureContextOptions {
  return { ...certificate, ca: authorities ?? [] };
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

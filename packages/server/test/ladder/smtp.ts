import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** One letter, as a mail server took it. */
export interface Received {
  readonly from: string;
  readonly to: readonly string[];
  /** Header fields and text, as they came. */
  readonly source: string;
}

export interface Post {
  readonly url: URL;
  readonly got: readonly Received[];
  /** Attempts to hand a letter over, taken or not. */
  readonly attempts: () => number;
  readonly close: () => Promise<void>;
}

/** A mail server on a real socket, that knows one user and takes letters while `isUp` says so. */
export async function startPost(isUp: () => boolean = () => true): Promise<Post> {
  const got: Received[] = [];
  let attempts = 0;
  const server = new SMTPServer({
    secure: false,
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onMailFrom(_address, _session, callback) {
      attempts++;
      callback(isUp() ? null : Object.assign(new Error('not now'), { responseCode: 451 }));
    },
    onData(stream, { envelope }, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        got.push({
          from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
          to: envelope.rcptTo.map(({ address }) => address),
          source: Buffer.concat(chunks).toString(),
        });
        callback();
      });
    },
  });
  server.on('error', () => undefined); // a client that leaves
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo; // it listens on a port
  return {
    url: new URL(`smtp://127.0.0.1:${port}`),
    got,
    attempts: () => attempts,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

import { rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Channel, Elect, Message } from '../client/index.ts';
import { lineOf, readLines } from './lines.ts';

/** What `share` asks for, among processes of one machine. */
export interface LocalSocket {
  readonly channel: Channel;
  readonly elect: Elect;
}

/** Messages kept while nobody leads; past it the oldest go, and whoever asked asks again when somebody does. */
const MAX_UNSENT = 10_000;
/** Between attempts to find who leads. */
const AGAIN_MS = 20;

/**
 * A socket in the file system (on Windows a pipe) at which processes of one user meet: whoever listens there leads and passes
 * on what each says to all others. When it is gone, the first to take its place leads. Keep the path where only that user may
 * write: who can reach it can hold requests up.
 */
export function localSocket(path: string): LocalSocket {
  const hearing = new Set<(message: Message) => void>();
  const peers = new Set<Socket>();
  const unsent: string[] = [];
  const ended = new AbortController();
  let server: Server | undefined;
  let lead = (): void => {};

  const hear = (message: Message): void => hearing.forEach((one) => one(message));
  const post = (message: Message): void => {
    const line = lineOf(message);
    if (server === undefined && peers.size === 0) unsent.push(line);
    if (unsent.length > MAX_UNSENT) unsent.shift();
    for (const peer of peers) peer.write(line);
  };

  function join(socket: Socket, pass: boolean): void {
    peers.add(socket);
    socket.on('close', () => peers.delete(socket));
    socket.on('error', () => socket.destroy());
    readLines(socket, (message) => {
      hear(message);
      if (pass) for (const peer of peers) if (peer !== socket) peer.write(lineOf(message));
    });
  }

  /** Follows whoever leads, for as long as that lasts; else leads. */
  async function meet(): Promise<void> {
    while (!ended.signal.aborted) {
      const socket = await dial(path);
      if (socket !== undefined) {
        join(socket, false);
        // Whoever leads here was told before or is told now; what was meant for another is void.
        unsent.length = 0;
        hear({ is: 'lead', from: '' });
        await new Promise((resolve) => socket.on('close', resolve));
      } else if ((server = await listen(path, (peer) => join(peer, true))) !== undefined) {
        unsent.length = 0;
        if (ended.signal.aborted) server.close();
        else lead();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  return {
    channel: { post, listen: (one) => (hearing.add(one), () => hearing.delete(one)) },
    elect: (call) => {
      lead = call;
      void meet();
      return () => {
        ended.abort();
        server?.close();
        for (const peer of peers) peer.destroy();
      };
    },
  };
}

function dial(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const before = inode(path);
    const socket = connect(path, () => resolve(socket.removeAllListeners('error')));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      // A process that was killed leaves its file behind, and nobody answers there.
      if (code === 'ECONNREFUSED' && before !== undefined && inode(path) === before) rmSync(path, { force: true });
      resolve(undefined);
    });
  });
}

/** Tells a file from one that took its place: numbers of inodes are given again at once. */
function inode(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found && `${found.ino} ${found.ctimeNs}`;
}

function listen(path: string, accept: (peer: Socket) => void): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer(accept);
    server.on('error', () => resolve(undefined));
    server.listen({ path, readableAll: false, writableAll: false }, () => resolve(server.removeAllListeners('error')));
  });
}

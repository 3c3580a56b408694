import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { readAll, type Message } from './wire.ts';

/** What an API does with the nth request (from 0) of all that it got. */
export type Script = (socket: Socket, request: Message, nth: number) => void;

/** An API that is no HTTP library: it keeps every byte that it is sent, and answers with the bytes it is told to. */
export interface Recorder {
  readonly url: string;
  /** What came on each connection, in Latin-1. */
  readonly streams: () => readonly string[];
  /** Every whole request, and anything else that came. */
  readonly heard: () => { requests: Message[]; faults: string[]; rest: string };
  readonly open: () => number;
  /** Does something with every connection that is open. */
  readonly each: (act: (socket: Socket) => void) => void;
  readonly close: () => Promise<void>;
}

export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

const answerOk: Script = (socket) => void socket.write(OK);

export async function startRecorder(
  script: Script = answerOk,
  onConnect?: (socket: Socket) => void,
): Promise<Recorder> {
  const streams: string[] = [];
  const sockets = new Set<Socket>();
  let answered = 0;
  const server = createServer((socket) => {
    const index = streams.push('') - 1;
    let seen = 0;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    onConnect?.(socket);
    socket.on('data', (chunk: Buffer) => {
      streams[index] += chunk.toString('latin1');
      const { messages } = readAll(streams[index] ?? '');
      for (const message of messages.slice(seen)) script(socket, message, answered++);
      seen = messages.length;
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has this form of address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    streams: () => streams,
    heard: () => hear(streams),
    open: () => sockets.size,
    each: (act) => sockets.forEach(act),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}

function hear(streams: readonly string[]): { requests: Message[]; faults: string[]; rest: string } {
  const read = streams.map((stream) => readAll(stream));
  return {
    requests: read.flatMap(({ messages }) => messages),
    faults: read.flatMap(({ fault }) => fault ?? []),
    rest: read.map(({ rest }) => rest).join(''),
  };
}

import { once } from 'node:events';
import { WebSocket, WebSocketServer, type RawData } from 'ws';
import { setUp, echo } from '../set-up.ts';
import { dial, until, type Line, type StartSpec, type Started, type Api } from '../support.ts';

/** What a caller heard: messages, and how the socket ended. */
export interface Caller {
  readonly socket: WebSocket;
  readonly heard: string[];
  readonly ended: () => readonly [code: number, reason: string] | undefined;
}

export async function call(url: string, key = 'k', path = '/chat'): Promise<Caller> {
  const socket = new WebSocket(url.replace('http', 'ws') + path, { headers: { 'X-API-Key': key } });
  const heard: string[] = [];
  let end: readonly [number, string] | undefined;
  socket.on('message', (data: RawData) => heard.push((data as Buffer).toString())); // as one buffer, unless asked otherwise
  socket.on('close', (code: number, reason: Buffer) => (end = [code, reason.toString()]));
  socket.on('error', () => undefined);
  await once(socket, 'open');
  return { socket, heard, ended: () => end };
}

/** An API with web sockets, and what it heard. */
export interface Chat {
  readonly api: Api;
  readonly gateway: Started;
  readonly server: WebSocketServer;
  readonly heard: string[];
  readonly sockets: WebSocket[];
  readonly ends: (readonly [code: number, reason: string])[];
}

/** @param answers whether it sends every message back */
export async function chat(policy: string, bounds: StartSpec['bounds'] = {}, answers = false): Promise<Chat> {
  const { api, gateway } = await setUp(echo, policy, 5000, bounds);
  const server = new WebSocketServer({ server: api.server, perMessageDeflate: true });
  const [heard, sockets, ends]: [string[], WebSocket[], (readonly [number, string])[]] = [[], [], []];
  server.on('connection', (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('message', (data: RawData, isBinary) => {
      heard.push((data as Buffer).toString());
      if (answers) socket.send(data as Buffer, { binary: isBinary });
    });
    socket.on('close', (code: number, reason: Buffer) => ends.push([code, reason.toString()]));
  });
  return { api, gateway, server, heard, sockets, ends };
}

const HEAD = [
  'GET /chat HTTP/1.1',
  'Host: a',
  'X-API-Key: k',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  '\r\n',
].join('\r\n');

/** A caller that writes its frames by itself. */
export async function callRaw(url: string): Promise<Line> {
  const line = await dial(url);
  line.socket.write(HEAD);
  await until(() => line.heard().includes('\r\n\r\n'));
  return line;
}

const MASK = Buffer.from([1, 2, 3, 4]);

/** A masked frame; `length` where it lies about its payload. */
export function frame(opcode: number, payload: string | Buffer = '', isLast = true, length?: Buffer): Buffer {
  const body = Buffer.from(payload as string).map((byte, i) => byte ^ (MASK[i & 3] ?? 0));
  const head = length ?? lengthOf(body.length);
  return Buffer.concat([Buffer.from([(isLast ? 0x80 : 0) | opcode]), head, MASK, body]);
}

function lengthOf(bytes: number): Buffer {
  return bytes < 126 ? Buffer.from([0x80 | bytes]) : Buffer.from([0x80 | 126, bytes >> 8, bytes & 0xff]);
}

/** The code of the close that a raw caller heard last; undefined when none. */
export function closeIn(heard: string): number | undefined {
  const bytes = Buffer.from(heard.slice(heard.indexOf('\r\n\r\n') + 4), 'latin1');
  const at = bytes.lastIndexOf(0x88);
  return at < 0 ? undefined : bytes.readUInt16BE(at + 2);
}

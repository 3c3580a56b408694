import { once } from 'node:events';
import {
  connect as connectH2,
  type ClientHttp2Session,
  type ClientSessionOptions,
  type SecureClientSessionOptions,
} from 'node:http2';
import { connect, type Socket } from 'node:net';

export interface Answer2 {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** A client's connection, that never throws: what becomes of it is looked at. */
export function session(url: string, options?: ClientSessionOptions | SecureClientSessionOptions): ClientHttp2Session {
  return connectH2(url, options).on('error', () => undefined);
}

/** One request on a connection of its own, unless one is given. */
export async function ask2(
  url: string,
  headers: Record<string, string | string[]> = {},
  body?: string | Buffer,
  client: ClientHttp2Session = session(url),
): Promise<Answer2> {
  const { pathname, search } = new URL(url);
  const stream = client.request({ ':path': pathname + search, ...headers }, { endStream: body === undefined });
  stream.on('error', () => undefined);
  if (body !== undefined) stream.end(body);
  const [head] = (await once(stream, 'response')) as [Record<string, unknown>]; // what "response" is emitted with
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  client.close();
  return { status: Number(head[':status']), headers: head, body: text };
}

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
export const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goaway: 7,
  window: 8,
  continuation: 9,
} as const;
/** Flags (RFC 9113 6). */
export const END_STREAM = 1;
export const END_HEADERS = 4;

/** One frame (RFC 9113 4.1). */
export function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** `GET /` to `a` by a key, in HPACK's literal form without indexing (RFC 7541 6.2.2): no table to keep in step. */
export function headBlock(fields: readonly (readonly [string, string])[]): Buffer {
  const text = (value: string): Buffer => Buffer.concat([integer(value.length), Buffer.from(value, 'latin1')]);
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]));
}

/** An integer in seven bits, and more bytes when it needs them (RFC 7541 5.1). */
function integer(value: number): Buffer {
  if (value < 127) return Buffer.from([value]);
  const bytes = [127];
  let rest = value - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

export const GET: readonly (readonly [string, string])[] = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':authority', 'a'],
  [':path', '/'],
];

/** A connection on which frames are written by hand. */
export interface Frames {
  readonly socket: Socket;
  readonly closed: Promise<unknown>;
  /** Types and payloads of the frames that came. */
  readonly heard: () => readonly (readonly [type: number, payload: Buffer])[];
}

export async function dial2(url: string): Promise<Frames> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let bytes: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => (bytes = Buffer.concat([bytes, chunk])));
  socket.on('error', () => socket.destroy());
  const closed = new Promise((resolve) => socket.on('close', resolve));
  await once(socket, 'connect');
  socket.write(PREFACE);
  socket.write(frame(FRAME.settings, 0, 0));
  return { socket, closed, heard: () => framesIn(bytes) };
}

function framesIn(bytes: Buffer): (readonly [number, Buffer])[] {
  const frames: (readonly [number, Buffer])[] = [];
  for (let at = 0; at + 9 <= bytes.length;) {
    const length = bytes.readUIntBE(at, 3);
    frames.push([bytes.readUInt8(at + 3), bytes.subarray(at + 9, at + 9 + length)]);
    at += 9 + length;
  }
  return frames;
}

import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { Fields } from 'headgate/http';
import { allOf, firstOf, type Exchange, type Refusal } from '../exchange.ts';
import { nextId } from '../request-id.ts';
import type { Caller } from '../visitors.ts';
import type { Ahead } from './ahead.ts';
import type { Connection } from './connections.ts';
import { discard } from './discard.ts';
import { refusalOf, switchRefusal } from './refusal.ts';

/** A declared body up to this size is read and dropped, and the connection kept; a larger one ends it. */
const SMALL_BODY = 64 * 1024;
/** A reason phrase that is passed on: most readers ignore it (RFC 9112 4). */
const PHRASE = /^[\u0020-\u007e]{1,100}$/;

/** A connection that has stopped speaking HTTP, and what has come on it since. */
export interface Switching {
  readonly protocol: string;
  readonly ahead: Ahead;
}

/** A request and its answer on Node's own HTTP/1 server: nothing is copied, nothing is parsed twice. */
export class Http1Exchange implements Exchange {
  readonly id: string = nextId();
  readonly caller: Caller;
  readonly names: readonly string[];
  readonly spelt: readonly string[];
  readonly refusal: Refusal | undefined;
  readonly hasBody: boolean;
  /** Node's parser reads into memory of its own, and copies each piece out of that. */
  readonly ownsPieces = true;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #connection: Connection;
  readonly #switching: Switching | undefined;
  status = 0;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    connection: Connection,
    maxFields: number,
    switching?: Switching,
  ) {
    this.#request = request;
    this.#response = response;
    this.#switching = switching;
    this.#connection = connection;
    this.caller = connection.caller;
    const shape = connection.shapeOf(request.rawHeaders);
    this.names = shape.names;
    this.spelt = shape.spelt;
    this.refusal = refusalOf(request, shape, maxFields) ?? (switching && switchRefusal(request));
    this.hasBody = shape.plainHostAt < 0 && (this.names.includes('transfer-encoding') || this.#declared() > 0);
    // An answer that can no longer be sent is nobody's fault: the caller has gone.
    response.on('error', ignore);
  }

  get method(): string {
    return this.#request.method ?? 'GET';
  }

  get target(): string {
    return this.#request.url ?? '/';
  }

  get version(): string {
    return this.#request.httpVersion;
  }

  get scheme(): 'http' | 'https' {
    return (this.#request.socket as Partial<TLSSocket>).encrypted === true ? 'https' : 'http'; // only a TLS socket has it
  }

  get certificate(): Caller['certificate'] {
    return this.caller.certificate;
  }

  get peer(): string {
    return this.caller.address;
  }

  get upgrade(): string | undefined {
    return this.#switching?.protocol;
  }

  get source(): Readable {
    return this.#request;
  }

  get complete(): boolean {
    return this.#request.complete;
  }

  get headSent(): boolean {
    return this.#response.headersSent;
  }

  get gone(): boolean {
    return this.#response.destroyed || this.#request.socket.destroyed;
  }

  header(name: string): string | undefined {
    return firstOf(this.names, this.#request.rawHeaders, name);
  }

  headers(name: string): readonly string[] {
    return allOf(this.names, this.#request.rawHeaders, name);
  }

  fields(): Fields {
    return this.#request.rawHeaders;
  }

  proceed(): void {
    this.#response.writeContinue();
  }

  head(status: number, fields: Fields, message?: string): void {
    // Node takes a phrase of Latin-1, but keeps one that it has refused, and would refuse every later answer for it.
    const phrase = message !== undefined && PHRASE.test(message) ? message : undefined;
    // A copy of the list's type, not of the list: Node reads it and keeps nothing.
    this.#response.writeHead(status, phrase, fields as string[]);
    this.status = status;
  }

  flush(): void {
    this.#response.flushHeaders();
  }

  write(chunk: Buffer): boolean {
    return this.#response.write(chunk);
  }

  onceDrained(resume: () => void): void {
    this.#response.once('drain', resume);
  }

  end(last?: Buffer): void {
    this.#response.end(last);
  }

  tear(): void {
    this.#response.destroy();
  }

  reply(status: number, fields: Fields, body: string): void {
    if (this.headSent || this.gone) return;
    this.status = status;
    const bodiless = status === 204 || status === 304;
    const head = bodiless ? [...fields] : [...fields, 'Content-Length', String(Buffer.byteLength(body))];
    const text = bodiless || this.method === 'HEAD' ? '' : body;
    if (this.refusal === undefined && (this.complete || this.#isSmall()))
      return void this.#response.writeHead(status, head).end(text);
    this.#response.writeHead(status, [...head, 'Connection', 'close']);
    this.#response.flushHeaders();
    if (text !== '') this.#response.write(text);
    discard(this.#request, () => this.#response.end());
  }

  dropRest(): void {
    const request = this.#request;
    discard(request, () => {
      if (!request.complete) request.socket.destroy();
    });
  }

  switchTo(fields: Fields): Duplex {
    const { socket } = this.#request;
    this.status = 101;
    this.#response.detachSocket(socket);
    const lines = ['HTTP/1.1 101 Switching Protocols'];
    for (let i = 0; i + 1 < fields.length; i += 2) lines.push(`${fields[i]}: ${fields[i + 1]}`);
    socket.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'));
    this.#switching?.ahead.release();
    return socket;
  }

  onGone(left: () => void): () => void {
    const { socket } = this.#request;
    socket.once('close', left);
    return () => socket.off('close', left);
  }

  onEnd(done: () => void): void {
    if (this.#switching !== undefined) return void this.#request.socket.on('close', done);
    this.#response.on('close', () => {
      this.#connection.ended(this.#response);
      done();
    });
  }

  #declared(): number {
    return Number(this.header('content-length') ?? 0);
  }

  /** Nobody waits with a small body: unless the caller waits to be told to go on, in which case it may never send one. */
  #isSmall(): boolean {
    if (this.names.includes('expect') || this.names.includes('transfer-encoding')) return false;
    return this.#switching === undefined && this.#declared() <= SMALL_BODY;
  }
}

/** A response for a connection that asks to switch, for as long as it has not. */
export function responseOn(request: IncomingMessage): ServerResponse {
  const { socket } = request;
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  socket.on('error', () => socket.destroy());
  response.on('finish', () => {
    response.detachSocket(socket);
    socket.destroySoon();
  });
  return response;
}

function ignore(): void {
  // See where it is used.
}

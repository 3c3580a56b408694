import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Duplex, Readable } from 'node:stream';
import type { Fields } from 'headgate/http';
import { allOf, firstOf, type Exchange, type Refusal } from '../exchange.ts';
import { nextId } from '../request-id.ts';
import type { Bounds } from '../bounds.ts';
import type { Caller } from '../visitors.ts';
import { readHead } from './head.ts';

const { NGHTTP2_NO_ERROR } = constants;

/** One stream of an HTTP/2 connection: a request and its answer. */
export class Http2Exchange implements Exchange {
  readonly id: string = nextId();
  readonly version = '2';
  readonly upgrade = undefined;
  readonly method: string;
  readonly target: string;
  readonly scheme: 'http' | 'https';
  readonly names: readonly string[];
  readonly spelt: readonly string[];
  readonly caller: Caller;
  readonly refusal: Refusal | undefined;
  readonly hasBody: boolean;
  /** Frames of several streams lie in memory that was read at once. */
  readonly ownsPieces = false;
  readonly #fields: Fields;
  readonly #stream: ServerHttp2Stream;
  /** Not Node's: that one keeps a stream that was destroyed until it runs out. */
  readonly #silence: NodeJS.Timeout;
  status = 0;

  constructor(stream: ServerHttp2Stream, raw: Fields, ended: boolean, caller: Caller, bounds: Bounds) {
    const head = readHead(raw, bounds.headFields);
    this.method = head.method;
    this.target = head.target;
    this.names = head.names;
    // RFC 9113 8.2.1: they are sent in lower case.
    this.spelt = head.names;
    this.refusal = head.refusal;
    this.#fields = head.fields;
    this.#stream = stream;
    this.caller = caller;
    this.scheme = stream.session?.encrypted === true ? 'https' : 'http';
    this.hasBody = !ended;
    this.#silence = setTimeout(() => this.tear(), bounds.silenceMs).unref();
    stream.on('close', () => clearTimeout(this.#silence));
    // Not `on`, which would begin to read.
    stream.prependListener('data', () => this.#silence.refresh());
  }

  get certificate(): Caller['certificate'] {
    return this.caller.certificate;
  }

  get peer(): string {
    return this.caller.address;
  }

  get source(): Readable {
    return this.#stream;
  }

  get complete(): boolean {
    return this.#stream.readableEnded || !this.hasBody;
  }

  get headSent(): boolean {
    return this.#stream.headersSent;
  }

  get gone(): boolean {
    return this.#stream.destroyed || this.#stream.closed;
  }

  header(name: string): string | undefined {
    return firstOf(this.names, this.#fields, name);
  }

  headers(name: string): readonly string[] {
    return allOf(this.names, this.#fields, name);
  }

  fields(): Fields {
    return this.#fields;
  }

  proceed(): void {
    if (!this.gone) this.#stream.additionalHeaders({ ':status': 100 });
  }

  head(status: number, fields: Fields): void {
    if (this.gone) return;
    this.#silence.refresh();
    this.#stream.respond({ ':status': status, ...outgoing(fields) });
    this.status = status;
  }

  flush(): void {
    // Frames of one turn leave together by themselves.
  }

  write(chunk: Buffer): boolean {
    this.#silence.refresh();
    return this.gone || this.#stream.write(chunk);
  }

  onceDrained(resume: () => void): void {
    this.#stream.once('drain', resume);
  }

  end(last?: Buffer): void {
    if (!this.gone) this.#stream.end(last);
  }

  tear(): void {
    // A stream that is closed, rather than destroyed with an error, ends as if its body were whole.
    this.#stream.destroy(new Error('the answer cannot be finished'));
  }

  reply(status: number, fields: Fields, body: string): void {
    if (this.gone || this.headSent) return;
    const bodiless = status === 204 || status === 304;
    this.head(status, bodiless ? fields : [...fields, 'content-length', String(Buffer.byteLength(body))]);
    this.#stream.end(bodiless || this.method === 'HEAD' ? undefined : body);
    if (!this.complete) this.dropRest();
  }

  /** RFC 9113 8.1: once the answer is out, the caller is told to stop sending, and that nothing went wrong. */
  dropRest(): void {
    const stream = this.#stream;
    const stop = (): void => stream.close(NGHTTP2_NO_ERROR);
    if (stream.writableFinished) stop();
    else stream.once('finish', stop);
  }

  switchTo(): Duplex {
    throw new Error('an HTTP/2 stream switches to nothing: web sockets over it are not offered (RFC 8441 3)');
  }

  onGone(left: () => void): () => void {
    this.#stream.once('close', left);
    return () => this.#stream.off('close', left);
  }

  onEnd(done: () => void): void {
    this.#stream.on('close', done);
  }
}

type OutgoingFields = Record<string, string | string[] | number>;

/** Fields by lower-case name (RFC 9113 8.2); those that come more than once as a list. */
function outgoing(fields: Fields): OutgoingFields {
  const sent: Record<string, string | string[]> = {};
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [name, value] = [(fields[i] ?? '').toLowerCase(), fields[i + 1] ?? ''];
    const before = sent[name];
    sent[name] = before === undefined ? value : [...(typeof before === 'string' ? [before] : before), value];
  }
  return sent;
}

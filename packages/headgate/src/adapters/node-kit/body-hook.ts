import type { ServerResponse } from 'node:http';
import { Pieces, type Fields, type Over, type Visit } from '../kit/index.ts';
import { bytesOf, Collected } from './body.ts';
import { fieldsOf, settle } from './head.ts';

type Write = ServerResponse['write'];
type End = ServerResponse['end'];

/**
 * For the few requests whose answer is read or written into, or that hold something until it is over: every piece of its body passes
 * here. Others never meet it.
 */
export class BodyHook {
  readonly #response: ServerResponse;
  readonly #visit: Visit;
  readonly #write: Write;
  readonly #end: End;
  #collected: Collected | undefined;
  #tap: Pieces | undefined;
  #isEncoded = false;
  #sendHead: (() => void) | undefined;
  #status: number | undefined;
  #fields: Fields = [];
  #sentBytes = 0;

  constructor(response: ServerResponse, visit: Visit) {
    this.#response = response;
    this.#visit = visit;
    this.#write = response.write.bind(response);
    this.#end = response.end.bind(response) as End; // of which `bind` knows one form
    response.write = ((...args: unknown[]) => this.#onWrite(args)) as Write; // which has overloads
    response.end = ((...args: unknown[]) => this.#onEnd(args)) as End;
    response.once('close', () => visit.end(this.#over(!response.writableFinished)));
  }

  /** The head is known; `send` sends it. It is kept back while the body may still be changed. */
  begin(status: number, send: () => void): void {
    if (this.#status !== undefined) return;
    const response = this.#response;
    this.#status = status;
    this.#fields = fieldsOf(response);
    this.#isEncoded = response.hasHeader('content-encoding');
    const type = response.getHeader('content-type');
    const contentType = typeof type === 'string' ? type : undefined;
    const rewrite = this.#isEncoded ? undefined : this.#visit.rewrite?.(status, contentType);
    this.#tap = new Pieces(this.#visit.wantedBytes(status, contentType));
    settle(response, this.#visit, status);
    if (rewrite === undefined) return send();
    this.#collected = new Collected(rewrite);
    this.#sendHead = send;
  }

  #onWrite(args: unknown[]): boolean {
    const [chunk, encoding] = args;
    this.#begun();
    if (chunk === undefined || chunk === null) return this.#write(...(args as Parameters<Write>));
    const bytes = bytesOf(chunk, encoding);
    this.#tap?.take(bytes);
    this.#sentBytes += bytes.length;
    if (this.#collected === undefined) return this.#write(...(args as Parameters<Write>));
    if (!this.#collected.take(bytes)) this.#giveUp(this.#collected);
    const done = args.find((arg) => typeof arg === 'function') as (() => void) | undefined;
    if (done !== undefined) process.nextTick(done);
    return true;
  }

  /** Too large to be changed: it passes as it came. */
  #giveUp({ pieces }: Collected): void {
    this.#collected = undefined;
    this.#sendHead?.();
    for (const piece of pieces) this.#write(piece, 'utf8');
  }

  #onEnd(args: unknown[]): ServerResponse {
    const [chunk, encoding] = args;
    const hasChunk = chunk !== undefined && chunk !== null && typeof chunk !== 'function';
    if (this.#response.writableEnded) return this.#end(...(args as Parameters<End>));
    this.#begun();
    if (hasChunk) {
      const bytes = bytesOf(chunk, encoding);
      this.#tap?.take(bytes);
      this.#sentBytes += bytes.length;
      this.#collected?.take(bytes);
    }
    const done = args.find((arg) => typeof arg === 'function') as (() => void) | undefined;
    if (this.#collected === undefined) this.#end(...(args as Parameters<End>));
    else this.#endChanged(this.#collected, done);
    this.#flushed();
    return this.#response;
  }

  #endChanged(collected: Collected, done: (() => void) | undefined): void {
    const body = collected.end(this.#response);
    this.#collected = undefined;
    this.#sendHead?.();
    this.#end(body, 'utf8', done);
  }

  /** A head that nobody wrote is written by the first piece of the body. */
  #begun(): void {
    if (this.#status === undefined && !this.#response.headersSent) this.#response.writeHead(this.#response.statusCode);
  }

  /** What the system has taken whole is over: its reader may ask again before "close" is told, and what was held must be free by then. */
  #flushed(): void {
    // Without one, it waits for its turn, or its stream of HTTP/2 is closed, which was told.
    const socket = this.#response.socket as ServerResponse['socket'] | undefined;
    if (socket?.writableLength === 0) this.#visit.end(this.#over(false));
  }

  #over(torn: boolean): Over {
    return {
      status: this.#status,
      torn,
      partial: !this.#response.req.complete,
      fields: this.#fields,
      sentBytes: this.#sentBytes,
      body: this.#tap?.read(torn, this.#isEncoded) ?? { is: 'unread', why: 'absent' },
    };
  }
}

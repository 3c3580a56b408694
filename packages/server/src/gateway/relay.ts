import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Forward, HttpGate } from 'headgate/http';
import type { Dispatcher } from 'undici';
import { downstreamFields, upstreamFields } from './forwarding.ts';
import { Patience } from './patience.ts';
import { replyProblem } from './reply.ts';
import { discard, hasBody, Upload } from './upload.ts';
import type { Upstream } from './upstream.ts';

const RETRIED: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);
const TIMED_OUT: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);

/** Told of a request that the upstream did not answer. */
export type OnFailure = (status: number, error: Error) => void;

/**
 * One admitted request on its way up and its answer on the way down, chunk by chunk: neither is ever held as a whole, each
 * side waits for the other, and when one goes away the other is let go.
 */
export class Relay implements Dispatcher.DispatchHandler {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #gate: HttpGate;
  readonly #forward: Forward;
  readonly #upstream: Upstream;
  readonly #onFailure: OnFailure;
  readonly #body: Upload | null;
  #controller: Dispatcher.DispatchController | undefined;
  #patience: Patience | undefined;
  #attempts = 0;
  #bodyBegan = false;
  #done = false;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    gate: HttpGate,
    forward: Forward,
    upstream: Upstream,
    onFailure: OnFailure,
  ) {
    this.#request = request;
    this.#response = response;
    this.#gate = gate;
    this.#forward = forward;
    this.#upstream = upstream;
    this.#onFailure = onFailure;
    this.#body = hasBody(request) ? new Upload(request) : null;
  }

  start(): void {
    this.#response.on('close', this.#onClose);
    this.#dispatch();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#response.destroyed) return controller.abort(new Error('the caller went away'));
    if (this.#body === null) return;
    this.#patience = new Patience(this.#body, this.#upstream.timeoutMs, (error) => controller.abort(error));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: NodeJS.Dict<string | string[]>,
    message?: string,
  ): void {
    if (status < 200) return;
    this.#patience?.end();
    const fields = downstreamFields(status, headers, this.#gate.owns);
    for (const part of this.#forward.settle(status)) fields.push(part);
    this.#response.writeHead(status, message, fields);
    // A body that came with the head leaves with it; a head is not kept back for one that did not.
    process.nextTick(() => {
      if (!this.#bodyBegan) this.#response.flushHeaders();
    });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bodyBegan = true;
    if (this.#response.write(chunk)) return;
    controller.pause();
    this.#response.once('drain', () => controller.resume());
  }

  onResponseEnd(): void {
    this.#done = true;
    this.#bodyBegan = true;
    this.#response.end();
    if (this.#body !== null && !this.#request.complete) this.#dropRest();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#patience?.end();
    this.#body?.destroy();
    if (this.#response.destroyed || this.#request.socket.destroyed) return;
    if (this.#response.headersSent) {
      // The status is out: all that is left is to end the connection, so that a torn answer is seen to be torn.
      this.#response.destroy();
      return;
    }
    if (this.#mayRetry(error)) return this.#dispatch();
    this.#fail(error);
  }

  #dispatch(): void {
    this.#attempts++;
    const { pool, basePath, timeoutMs } = this.#upstream;
    pool.dispatch(
      {
        path: basePath + this.#forward.target,
        method: this.#request.method ?? 'GET',
        headers: upstreamFields(this.#request, this.#gate),
        body: this.#body,
        // The pool's own clock would run while the API reads slowly.
        headersTimeout: this.#body === null ? timeoutMs : 0,
      },
      this,
    );
  }

  /** An idle connection may be closed by the upstream just as it is used again; asking twice is safe where asking once was. */
  #mayRetry(error: Error): boolean {
    const { method } = this.#request;
    return (
      this.#attempts === 1 &&
      this.#body === null &&
      (method === 'GET' || method === 'HEAD') &&
      RETRIED.has(codeOf(error))
    );
  }

  #fail(error: Error): void {
    const status = TIMED_OUT.has(codeOf(error)) ? 504 : 502;
    this.#onFailure(status, error);
    const detail = status === 504 ? 'The API did not answer in time.' : 'The API could not be reached.';
    replyProblem(this.#request, this.#response, status, detail, this.#forward.settle(status));
  }

  /** The upstream answered without reading the whole body: what is left of it must not be read as a request. */
  #dropRest(): void {
    this.#body?.destroy();
    discard(this.#request, () => {
      if (!this.#request.complete) this.#request.socket.destroy();
    });
  }

  readonly #onClose = (): void => {
    if (!this.#done && !this.#response.writableFinished) this.#controller?.abort(new Error('the caller went away'));
  };
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

import type { ServerResponse } from 'node:http';

/** What a handler does to a response of Node's, done to a Web one: what it writes becomes a stream, what it destroys fails. */
export class WebResponse {
  statusCode = 200;
  readonly #headers: Headers = new Headers();
  readonly #sent: PromiseWithResolvers<Response> = Promise.withResolvers<Response>();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  headersSent = false;

  /** As handlers of every framework are given it here. */
  get asNode(): ServerResponse {
    return this as unknown as ServerResponse; // as much of it as the tests use
  }

  /** Once its head is sent. */
  get response(): Promise<Response> {
    return this.#sent.promise;
  }

  setHeader(name: string, value: string): this {
    this.#headers.set(name, value);
    return this;
  }

  writeHead(status: number, ...more: readonly unknown[]): this {
    this.statusCode = status;
    const given = more.at(-1) ?? [];
    const pairs = Array.isArray(given)
      ? given.flatMap((name, i) => (i % 2 === 0 ? [[name, given[i + 1]]] : []))
      : Object.entries(given);
    for (const [name, value] of pairs) this.setHeader(String(name), String(value));
    return this;
  }

  flushHeaders(): void {
    if (this.headersSent) return;
    this.headersSent = true;
    const { statusCode: status } = this;
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (this.#controller = controller) });
    this.#sent.resolve(new Response(status === 204 ? null : body, { status, headers: this.#headers }));
  }

  write(text: string): void {
    this.flushHeaders();
    this.#controller?.enqueue(new TextEncoder().encode(text));
  }

  end(text?: string): void {
    this.flushHeaders();
    if (text !== undefined) this.write(text);
    this.#controller?.close();
  }

  destroy(): void {
    this.#controller?.error(new Error('torn on purpose'));
  }
}

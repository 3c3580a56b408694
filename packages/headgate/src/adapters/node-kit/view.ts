import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { certificateOf, nextId, type ClientCertificate, type Fields, type RequestView } from '../kit/index.ts';

const NONE: readonly string[] = [];

/** A request of Node's own server, of either version of HTTP, as it came: whatever a framework has made of it since. */
export class NodeView implements RequestView {
  /** What its connection will speak if it passes. */
  readonly upgrade: string | undefined;
  readonly #request: IncomingMessage;
  readonly #target: string;
  #names: readonly string[] | undefined;
  #id: string | undefined;

  /** @param target as it came, where a framework has changed the request's own */
  constructor(request: IncomingMessage, target: string = request.url ?? '/', upgrade?: string) {
    this.upgrade = upgrade;
    this.#request = request;
    this.#target = target;
  }

  get id(): string {
    return (this.#id ??= nextId());
  }

  get method(): string {
    return this.#request.method ?? 'GET';
  }

  get target(): string {
    return this.#target;
  }

  get scheme(): 'http' | 'https' {
    return (this.#request.socket as Partial<TLSSocket>).encrypted === true ? 'https' : 'http'; // only a TLS socket has it
  }

  get certificate(): ClientCertificate | undefined {
    return certificateOf(this.#request.socket as Partial<TLSSocket> & { readonly authorized: boolean }, Date.now); // only a TLS socket has any of it
  }

  get peer(): string {
    return this.#request.socket.remoteAddress ?? '';
  }

  header(name: string): string | undefined {
    // Most fields that are asked for are not there, and Node knows that at once.
    if (this.#request.headers[name] === undefined) return this.#authority(name);
    const names = this.#lowered();
    const at = names.indexOf(name);
    return at < 0 ? this.#authority(name) : this.#request.rawHeaders[2 * at + 1];
  }

  headers(name: string): readonly string[] {
    if (this.#request.headers[name] === undefined && name !== 'host') return NONE;
    const names = this.#lowered();
    const { rawHeaders } = this.#request;
    const values: string[] = [];
    for (let at = names.indexOf(name); at >= 0; at = names.indexOf(name, at + 1))
      values.push(rawHeaders[2 * at + 1] ?? '');
    const authority = values.length === 0 ? this.#authority(name) : undefined;
    return authority === undefined ? values : [authority];
  }

  onGone(left: () => void): () => void {
    const { socket } = this.#request;
    let waits = true;
    const onClose = (): void => void (waits && left());
    socket.once('close', onClose);
    return () => {
      waits = false; // of HTTP/2 a request's socket is its stream, and forgets to take listeners off that
      socket.off('close', onClose);
    };
  }

  fields(): Fields {
    return this.#request.rawHeaders;
  }

  /** HTTP/2 tells the host in a field of its own (RFC 9113 8.3.1). */
  #authority(name: string): string | undefined {
    if (name !== 'host' || this.#request.httpVersionMajor < 2) return undefined;
    const authority = this.#request.headers[':authority'];
    return typeof authority === 'string' ? authority : undefined;
  }

  #lowered(): readonly string[] {
    if (this.#names !== undefined) return this.#names;
    const { rawHeaders } = this.#request;
    const names: string[] = [];
    for (let i = 0; i < rawHeaders.length; i += 2) names.push((rawHeaders[i] ?? '').toLowerCase());
    this.#names = names;
    return names;
  }
}

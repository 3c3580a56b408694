import { hash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Fields, RequestView, Sha256 } from 'headgate/http';

export const sha256: Sha256 = (text) => hash('sha256', text, 'hex');

/** Ids of requests: of this process, in the order they came. */
const PROCESS_ID = randomBytes(5).toString('hex');
let requests = 0;

/** A request of Node's server, as the gate reads it: nothing is copied, nothing is parsed twice. */
export class IncomingView implements RequestView {
  readonly #request: IncomingMessage;
  readonly #number: number = ++requests;

  constructor(request: IncomingMessage) {
    this.#request = request;
  }

  get id(): string {
    return `${PROCESS_ID}-${this.#number.toString(36)}`;
  }

  get method(): string {
    return this.#request.method ?? 'GET';
  }

  get target(): string {
    return this.#request.url ?? '/';
  }

  get scheme(): 'http' {
    return 'http';
  }

  get peer(): string {
    return this.#request.socket.remoteAddress ?? '';
  }

  header(name: string): string | undefined {
    const raw = this.#request.rawHeaders;
    for (let i = 0; i < raw.length; i += 2) if (isField(raw[i], name)) return raw[i + 1];
    return undefined;
  }

  headers(name: string): readonly string[] {
    const raw = this.#request.rawHeaders;
    const values: string[] = [];
    for (let i = 0; i < raw.length; i += 2) if (isField(raw[i], name)) values.push(raw[i + 1] ?? '');
    return values;
  }

  fields(): Fields {
    return this.#request.rawHeaders;
  }
}

/** Whether a field's name is this one, given in lower case. */
export function isField(field: string | undefined, lowerCase: string): boolean {
  return field !== undefined && field.length === lowerCase.length && field.toLowerCase() === lowerCase;
}

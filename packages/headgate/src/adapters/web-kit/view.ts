import { HeadgateError, isAddress, nextId, type Fields, type RequestView } from '../kit/index.ts';

/** What to do where nobody says it. */
export const ADVICE =
  'Say where this platform puts it, as in peer: (request) => request.headers.get("cf-connecting-ip") ?? undefined, and never where a caller may write it';

/** Some platforms tell the port, too. */
const PORT = /^\[(.*)\](?::\d+)?$|^([\d.]+):\d+$/;

/** A Web request, as it came. */
export class WebView implements RequestView {
  readonly id: string = nextId();
  readonly #request: Request;
  readonly #peerOf: () => string | undefined;
  #peer: string | undefined;

  /** @param peerOf says the address of the other end, which no Web request knows */
  constructor(request: Request, peerOf: () => string | undefined) {
    this.#request = request;
    this.#peerOf = peerOf;
  }

  /** @throws HeadgateError `ERR_ADAPTER_PEER`: without an address, all that asks would be one caller */
  get peer(): string {
    if (this.#peer !== undefined) return this.#peer;
    const said: unknown = this.#peerOf();
    if (typeof said === 'string' && isAddress(said.replace(PORT, '$1$2'))) return (this.#peer = said);
    // What it is may be somebody's address, or a list of them: it is not for a log.
    const got = typeof said === 'string' && said !== '' ? 'a text that is none' : typeof said;
    throw new HeadgateError('ERR_ADAPTER_PEER', `peer: expected an address, got ${got}. ${ADVICE}`);
  }

  get method(): string {
    return this.#request.method;
  }

  /** Path and query. The platform has parsed the address by the rules of URLs, and the handler sees it so too. */
  get target(): string {
    const { url } = this.#request;
    const at = url.indexOf('/', url.indexOf('://') + 3);
    const end = url.indexOf('#');
    return at < 0 ? '/' : url.slice(at, end < 0 ? undefined : end);
  }

  get scheme(): 'http' | 'https' {
    return this.#request.url.startsWith('https:') ? 'https' : 'http';
  }

  header(name: string): string | undefined {
    return this.#request.headers.get(name) ?? undefined;
  }

  /**
   * Fields of one name reach a program joined by a comma and a space (Fetch, "get, decode, and split"). A field that came twice and
   * must come once is seen so, and a list is the same list (RFC 9110 5.3).
   */
  headers(name: string): readonly string[] {
    return this.#request.headers.get(name)?.split(', ') ?? [];
  }

  onGone(left: () => void): () => void {
    const { signal } = this.#request;
    signal.addEventListener('abort', left, { once: true });
    return () => signal.removeEventListener('abort', left);
  }

  fields(): Fields {
    return [...this.#request.headers].flat();
  }
}

import type { ClientCertificate } from './identify/certificate.ts';

/**
 * What the gate needs to know of a request. An `IncomingMessage` and a Web `Request` each become one in
 * a dozen lines; a whole Web object would cost more to make than the decision does.
 */
export interface RequestView {
  /** Made by the server, never taken from the client: names this request in logs and bodies. */
  readonly id: string;
  /** As sent, upper case for every registered method. */
  readonly method: string;
  /** The request target as it stood on the request line, not decoded. */
  readonly target: string;
  readonly scheme: 'http' | 'https';
  /** Address of the socket's other end, in any textual form. */
  readonly peer: string;
  /** The protocol that its connection will speak if it passes: `websocket`. It is the server that knows, and not the request's fields. */
  readonly upgrade?: string | undefined;
  /** What its caller is told that limits are called, by their names: where another gate has told of one of that name. */
  renamed?: ReadonlyMap<string, string> | undefined;
  /** What the other end of its connection has proved to be; undefined: nothing. */
  readonly certificate?: ClientCertificate | undefined;
  /** Tells once when its caller has gone, so that nobody waits for him. Gives what takes that back. Without it, nobody tells. */
  onGone?(left: () => void): () => void;
  /** Whether a body follows; undefined where only the fields tell. */
  readonly hasBody?: boolean;
  /** The first value of a field, by its lower-case name. */
  header(name: string): string | undefined;
  /** Every value of a field, in order, by its lower-case name: duplicates are kept apart. */
  headers(name: string): readonly string[];
  /** All fields as `[name, value, name, value, …]`. */
  fields(): Fields;
}

/** Header fields as one flat list, `[name, value, name, value, …]`: order and duplicates are kept. */
export type Fields = readonly string[];

/** SHA-256 of a text in UTF-8, as 64 lower-case hex digits. */
export type Sha256 = (text: string) => string;

/**
 * Brings the whole body of a request, for limits that read it: at most so many bytes of it, and then the server sends it on as it
 * came. Asked for once at most, of a caller who is known, and never for a request without a body.
 */
export type Bring = (maxBytes: number) => Promise<Brought>;

export type Brought =
  | { readonly is: 'whole'; readonly bytes: Uint8Array }
  /** `slow`: it did not come in the time that the server gives it. `torn`: it broke off. `busy`: the server holds all it may already. */
  | { readonly is: 'unread'; readonly why: 'too-long' | 'slow' | 'torn' | 'busy' };

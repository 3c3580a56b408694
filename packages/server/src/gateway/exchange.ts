import type { Duplex, Readable } from 'node:stream';
import type { Fields, RequestView } from 'headgate/http';
import type { Caller } from './visitors.ts';

/** Why a request is answered here, before anybody asks who sent it. */
export interface Refusal {
  readonly status: number;
  readonly detail: string;
}

/**
 * One request and the one answer to it, whichever version of HTTP carries them. Everything the gateway does between a
 * socket and the API is written against this.
 */
export interface Exchange extends RequestView {
  /** `1.0`, `1.1` or `2`, as `Via` tells it (RFC 9110 7.6.3). */
  readonly version: string;
  /** Names of {@link RequestView.fields} in lower case, one for each pair. */
  readonly names: readonly string[];
  /** The same as they were sent: where a connection sends the same again and again, the very same texts. */
  readonly spelt: readonly string[];
  /** The other end of the connection, and what it has open. */
  readonly caller: Caller;
  /** Why this is not for forwarding, though it could be read; undefined when it is. */
  readonly refusal: Refusal | undefined;
  /** The protocol that the caller asks to switch to: `websocket`; undefined otherwise. */
  readonly upgrade: string | undefined;
  /** The body as it arrives. */
  readonly source: Readable;
  readonly hasBody: boolean;
  /** Whether a piece of the body that fills its memory has it to itself. */
  readonly ownsPieces: boolean;
  /** Whether all of the request has arrived. */
  readonly complete: boolean;
  readonly headSent: boolean;
  /** Of the answer; 0 before there is one. */
  readonly status: number;
  /** Whether nobody is left to read an answer. */
  readonly gone: boolean;
  /** Tells a caller that waits for it to send its body (RFC 9110 10.1.1). */
  proceed(): void;
  /**
   * Begins the answer.
   * @throws when this version of HTTP cannot say it: nothing is sent then, and another answer can be begun
   */
  head(status: number, fields: Fields, message?: string): void;
  /** Sends the head now, though no body has come. */
  flush(): void;
  /** Sends a piece of the body; false when the caller has to catch up first. */
  write(chunk: Buffer): boolean;
  onceDrained(resume: () => void): void;
  /** Ends the answer, with the last piece of its body when it has not been written yet. */
  end(last?: Buffer): void;
  /** Ends an answer that cannot be finished, so that the caller sees that it is torn. */
  tear(): void;
  /** Answers whole, whether or not the body was read, and never takes the rest of it for another request. */
  reply(status: number, fields: Fields, body: string): void;
  /** What is left of the body is not wanted: the answer is complete. */
  dropRest(): void;
  /** Switches protocols: from here on the connection is a stream of bytes. */
  switchTo(fields: Fields): Duplex;
  /** Calls `done` once, when the answer is complete or the caller has gone. */
  onEnd(done: () => void): void;
}

/** Takes a request on. `waits`: the caller sends its body only when it is told to. */
export type OnExchange = (exchange: Exchange, waits: boolean) => void;

/** A version of HTTP, spoken on connections that somebody else accepted. */
export interface Protocol {
  take(socket: Duplex, caller: Caller): void;
  /** Takes nothing more, and closes every connection once nothing is under way on it. */
  drain(): void;
}

/** The first value of a field; undefined when there is none. `names` are lower-case and stand for pairs of `fields`. */
export function firstOf(names: readonly string[], fields: Fields, name: string): string | undefined {
  const at = names.indexOf(name);
  return at < 0 ? undefined : fields[2 * at + 1];
}

export function allOf(names: readonly string[], fields: Fields, name: string): readonly string[] {
  const first = names.indexOf(name);
  if (first < 0) return NONE;
  const values = [fields[2 * first + 1] ?? ''];
  for (let at = names.indexOf(name, first + 1); at >= 0; at = names.indexOf(name, at + 1))
    values.push(fields[2 * at + 1] ?? '');
  return values;
}

const NONE: readonly string[] = [];

import type { Fields, RequestView } from './request.ts';

/** The request may pass. */
export interface Forward {
  readonly kind: 'forward';
  readonly operation: string;
  /** Path and query in normal form: what was matched and counted, less what asks to be run as another request. */
  readonly target: string;
  /** Fields for the response, once the upstream's status is known. */
  settle(status: number): Fields;
}

/** The request is answered here. */
export interface Answered {
  readonly kind: 'answer';
  readonly status: number;
  readonly fields: Fields;
  readonly body: string;
  readonly denial: Denial;
}

/** What a log says of a request that was answered here. */
export interface Denial {
  /** The limit that is reported, or the answer's name when no limit was asked. */
  readonly limit: string;
  readonly operation: string | undefined;
  /** Salted hash of the subject, or of the address when there is no subject: never a key, never an address. */
  readonly subject: string;
  /** Exact ms until the same request would be admitted; undefined when no wait helps or none is known. */
  readonly retryAfterMs: number | undefined;
  /** Why nobody could tell who asks, when that is why: a directory that is down, a function that threw. No credential is in it. */
  readonly fault?: string | undefined;
}

export type Handled = Forward | Answered;

/** One policy, ready to judge requests. */
export interface HttpGate {
  /**
   * Identify, classify, decide, respond. A promise only where a source had to wait: for a signature, a directory or a function.
   * The view must stay readable until it is settled. It throws, or rejects:
   * @throws HeadgateError for a fault of the store or the planner; never for anything that a client sent
   */
  handle(view: RequestView): Handled | Promise<Handled>;
  /** Whether a response field of this lower-case name is this policy's to write: the upstream's own must not pass. */
  readonly owns: (name: string) => boolean;
  /** Whether a request field of this lower-case name is one by which this policy knows callers. */
  readonly identifies: (name: string) => boolean;
  /**
   * Whether a request field of this lower-case name must not reach the upstream, given whether the peer is one that `trusts` names:
   * it asks to be run as another request, is a proxy's to say, is `x-headgate-*`, or looks like one of these to a CGI.
   */
  readonly strips: (name: string, trusted: boolean) => boolean;
  /** Whether a peer is a trusted proxy, whose forwarding fields may be believed. */
  readonly trusts: (peer: string) => boolean;
}

import type { OnAppEvent } from './events/app.ts';
import type { Channel, Opened } from './events/channel.ts';
import type { Adjust, Grant } from './holds/adjust.ts';
import type { Inspection } from './body/inspection.ts';
import type { Ending, Reads } from './holds/ending.ts';
import type { HoldsStats } from './holds/holds.ts';
import type { Resolution } from './holds/settled.ts';
import type { Judged } from './judged.ts';
import type { Ask } from '../profile/index.ts';
import type { Bring, Fields, RequestView } from './request.ts';
import type { Written } from './respond/answer.ts';
import type { Soon } from './soon.ts';
import type { RewriteFor } from './respond/merge.ts';

/** The request may pass. */
export interface Forward {
  readonly kind: 'forward';
  readonly operation: string;
  /** Path and query in normal form: what was matched and counted, less what asks to be run as another request. */
  readonly target: string;
  /** What was judged, to charge more to it or to give some back; undefined where nothing was: a preflight, or a caller who reads its own state. */
  readonly judged: Judged | undefined;
  /**
   * Fields for the response, once its status is known. `upstream`: the fields that pass beside them, so that what the upstream exposes to
   * scripts already is not named again.
   */
  settle(status: number, upstream?: Fields): string[];
  /** An answer of the server's own to this request (413, 502, 504): a problem, with the fields that `settle` gives. */
  answer(status: number, detail: string): Written;
  /**
   * Undefined when no response of this request is changed. Else it says of a response whether its body is to be, and how: then the
   * server takes in at most `maxBytes` of it, decoded as UTF-8 and refused when it is not, and sends what `apply` returns, with
   * its new length and without the fields that `drops` names. A body that is longer, encoded (`Content-Encoding`), or
   * for which `apply` returns undefined passes as it came. Such a request should go up without `Range`, and with
   * `Accept-Encoding: identity`; the answer to a HEAD has no body to change.
   */
  readonly rewrite: RewriteFor | undefined;
  /** What of the answer must be read for {@link end}. Undefined when nothing: then nothing may be spent on it. */
  readonly reads: Reads | undefined;
  /**
   * Fields that the API gets beside the caller's own: the id of what is reserved, by which it may settle it. What a client sends under
   * such a name is stripped (`strips`), and what the API answers under one (`x-headgate-…`) must not pass.
   */
  readonly hands: Fields;
  /**
   * Undefined when nothing of the body is measured. Else the server gives it every piece before handing that on, and tells it the end before
   * that is told to the API: a body that turns out too large, or unreadable, is answered here, and the API is left with half of a request.
   * What was in a body that was never read is given to it too.
   */
  readonly inspection: Inspection | undefined;
  /**
   * Ends the exchange, however it ended: permits come back, costs are settled, jobs begin or end. To be called exactly once, when the last
   * byte was sent or nothing more will be; calling it again does nothing. It never throws for what an API answered.
   */
  readonly end: (ending: Ending) => void;
}

/** The request is answered here. */
export interface Answered extends Written {
  readonly kind: 'answer';
  /** Its connection ends with it, whatever it speaks. */
  readonly ends?: true;
  /** What a log says; undefined when nothing was refused: a caller read its own state. */
  readonly denial: Denial | undefined;
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
  /** Whether the store was not there for it: what the limits say of that has decided. */
  readonly degraded?: boolean;
  /** Why nobody could tell who asks, when that is why: a directory that is down, a function that threw. No credential is in it. */
  readonly fault?: string | undefined;
}

export type Handled = Forward | Answered;

/**
 * One policy, ready to judge the requests of an app. All that it promises it says at once where its store answers at once, and nobody has to be
 * asked elsewhere.
 */
export interface AppGate {
  /**
   * Identify, classify, decide, respond. A promise only where a source had to wait (for a signature, a directory or a function), where the
   * store answers later, or where limits read the body: that is what `bring` is for, and without it such a request is refused (503).
   * The view must stay readable until it is settled. It throws, or rejects:
   * @throws HeadgateError for a fault of the store or the planner; never for anything that a client sent
   */
  handle(view: RequestView, bring?: Bring): Soon<Handled>;
  /**
   * The same, where nothing of a request counts but the address it comes from: its method and path are not read, and none is refused for
   * them. Undefined for a policy that reads more.
   */
  readonly byAddress: ((view: RequestView) => Soon<Handled>) | undefined;
  /**
   * Judges a request by this policy that a gate which knows callers by the same sources has read already: nobody is asked again who it is.
   * @throws as `handle` does
   */
  judge(view: RequestView, ask: Ask, target: string): Soon<Handled>;
  /**
   * Answers, with a problem of this status, a request that the server itself refuses before it is judged. It counts against its address
   * as any request does that reaches no subject, and the answer says how that stands.
   */
  refuse(view: RequestView, status: number, detail: string): Soon<Answered>;
  /** Whether any request's body is read before it is judged, or measured while it passes: else nothing need be spent on that. */
  readonly readsBodies: boolean;
  /** Whether a response field of this lower-case name is this policy's to write: the upstream's own must not pass. */
  readonly owns: (name: string) => boolean;
  /** Whether a request field of this lower-case name is one by which this policy knows callers. */
  readonly identifies: (name: string) => boolean;
  /** Whether `settle` must be told the fields of the answer, beside what it is told them for. */
  readonly readsAnswers: boolean;
  /** Whether callers may say who they are by a certificate: a server that speaks TLS asks for one then. */
  readonly asksCertificates: boolean;
  /**
   * Whether a request field of this lower-case name must not reach the upstream, given whether the peer is one that `trusts` names:
   * it asks to be run as another request, is a proxy's to say, is `x-headgate-*`, or looks like one of these to a CGI.
   */
  readonly strips: (name: string, trusted: boolean) => boolean;
  /** Whether a peer is a trusted proxy, whose forwarding fields may be believed. */
  readonly trusts: (peer: string) => boolean;
  /**
   * Says by a reservation's id what became of it: for the API itself, and for programs around the gate. `unknown`: there is no such
   * reservation, or it was resolved already, or its lease has ended; nothing was changed.
   * @throws HeadgateError `ERR_SETTLE` for a cost that is none, or a name of nothing that it holds; nothing was changed
   */
  resolve(reservationId: string, how: Resolution): Soon<'ok' | 'unknown'>;
  /**
   * Renews what exchanges hold that last, charges what counts from now on, and reports what lapsed. To be called four times a second by whoever has timers; where
   * nobody does, requests do it.
   */
  tend(): void;
  /** The clock that its store decides by, in monotonic ms. */
  nowMs(): number;
  /**
   * Judges what the application reports, by its name without `app.`, and ends what it ends.
   * @throws HeadgateError for a fault of the store or the planner
   */
  readonly event: OnAppEvent;
  /** How much is held. */
  held(): HoldsStats;
  /** From where a request comes, as it is counted: what a trusted proxy says of it, and IPv6 by its network. */
  readonly addressOf: (view: RequestView) => string;
  /** The network that an address is counted as part of: IPv4 as it is, IPv6 by its first bits. */
  readonly networkOf: (address: string) => string;
}

/** The same for a server in front of an API, with what only that is asked for: by operators, and on connections. */
export interface HttpGate extends AppGate {
  /**
   * Sets right what a level or a quota counts for a subject: an operator's correction.
   * @throws HeadgateError `ERR_VERB` for another kind of limit, `ERR_COST` for what cannot be counted
   */
  readonly adjust: Adjust;
  /**
   * Gives a quota of the policy that says `grants: true` units on top, for a subject: once for each id.
   * @throws HeadgateError `ERR_VERB` for a limit that takes no grants, `ERR_COST` for what cannot be counted, `ERR_GRANT`; nothing is given then
   */
  readonly grant: Grant;
  /** The events of a connection that was let in; undefined for a policy that asks nothing of what happens on one. */
  readonly channel: ((opened: Opened) => Channel) | undefined;
}

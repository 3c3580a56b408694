import type { Fields } from '../request.ts';

/**
 * How an exchange ended, told by the server when it is over: the answer was sent whole, it was torn, the API never answered, or the caller
 * went away.
 */
export interface Ending {
  /** The API's own status; undefined when it never answered, whatever the caller was told then. */
  readonly status: number | undefined;
  /** Whether the API may have seen the request: false only where nothing of it was sent to one, such as a connection refused. */
  readonly reached: boolean;
  /** The API's response fields, as they came; empty when it never answered. */
  readonly fields: Fields;
  /** The answer's JSON body, when {@link Reads} asked for it. */
  readonly body: AnswerBody;
  /** Bytes of the body that were sent to the caller. */
  readonly sentBytes: number;
  /** From the decision until the exchange was over, in ms. */
  readonly tookMs: number;
  /** Whether the answer broke off before its end. */
  readonly torn: boolean;
  /** Whether the gate cut the request off in the middle of its body: then it comes to nothing. */
  readonly cut?: boolean;
  /**
   * It is not over: its connection goes on, and what is held until that is closed stays. `opened`: nothing but that is known. `event`:
   * something on the connection, which itself is over.
   */
  readonly open?: 'opened' | 'event';
  /** Whether the request ended in the middle of its body, which the API cannot have had: what it was to store is not there. */
  readonly partial?: boolean;
}

/** What is known of an answer's body. */
export type AnswerBody =
  /** By `parseJson`, unless no id can be a number of more digits than a double keeps. */
  | { readonly is: 'json'; readonly value: unknown }
  /** `unasked`: `reads` did not want it. `absent`: there was no answer, or it had no body. */
  | { readonly is: 'unread'; readonly why: 'unasked' | 'absent' | 'not-json' | 'too-long' | 'torn' | 'encoded' };

/** What of an answer must be read before its exchange ends. */
export interface Reads {
  /** A longer body is not read, and passes as it came. In bytes, decoded. */
  readonly maxBytes: number;
  /**
   * The members of its outermost object that are read: whoever can find them without reading the rest need give no others. Undefined: all of
   * it is.
   */
  readonly members: readonly string[] | undefined;
  /** Whether the body of such an answer is wanted. `contentType` as the API sent it. */
  readonly wants: (status: number, contentType: string | undefined) => boolean;
}

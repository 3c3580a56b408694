/** One line of a trace: time that passes, a request and what comes of it, the answer to one that was left open, or what is said on a socket. */
export type Step = Passing | Asking | Answering | Speaking | Closing;

interface Line {
  /** As it is written. */
  readonly line: string;
}

export interface Passing extends Line {
  readonly is: 'time';
  readonly ms: number;
  /** Whether `ms` is an instant, and no duration. */
  readonly at: boolean;
}

export interface Asking extends Line {
  readonly is: 'request';
  readonly times: number;
  /** What passes before each but the first. */
  readonly everyMs: number;
  readonly method: string;
  readonly target: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly from: string;
  readonly body: string | undefined;
  /** What the API says, when it is asked. */
  readonly api: Reply;
  /** The name under which the exchange is left open, once it has reached the API. */
  readonly open: string | undefined;
  /** The name under which it is left before it has reached the API: it is held back. */
  readonly held: string | undefined;
  /** The name of the web socket that it opens. */
  readonly socket: string | undefined;
  readonly expects: Expectation;
}

export interface Answering extends Line {
  readonly is: 'answer';
  readonly open: string;
  readonly api: Reply;
  readonly expects: Expectation;
}

export interface Reply {
  readonly status: number;
  readonly fields: readonly (readonly [string, string])[];
  readonly body: string | undefined;
}

export interface Expectation {
  /** Undefined of an exchange that is left open. */
  readonly status: number | undefined;
  readonly checks: readonly Check[];
}

/** A field and its value (undefined: it must be absent), or what stands in the body at a JSON pointer. */
export type Check =
  | { readonly of: 'field'; readonly name: string; readonly value: string | undefined }
  | { readonly of: 'body'; readonly pointer: string; readonly value: unknown }
  | { readonly of: 'text'; readonly value: string }
  /** The code that ends a web socket. */
  | { readonly of: 'close'; readonly value: number };

/** What is said on a web socket, from either side, and what comes of it. */
export interface Speaking extends Line {
  readonly is: 'message';
  readonly times: number;
  readonly socket: string;
  readonly way: 'in' | 'out';
  readonly body: string;
  readonly passes: boolean;
  readonly checks: readonly Check[];
}

export interface Closing extends Line {
  readonly is: 'close';
  readonly socket: string;
}

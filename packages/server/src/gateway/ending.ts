import type { Read } from './tap.ts';

/**
 * How an admitted request ended.
 * - `whole`: the API's answer came to its end, or both sides of a web socket parted
 * - `torn`: the API broke its answer off, or fell silent in the middle of it
 * - `failed`: the API could not be reached, or hung up before its answer
 * - `timed-out`: the API did not begin its answer in time, or both together took too long
 * - `left`: the caller went away first
 * - `cut`: the gateway stopped first
 */
export type How = 'whole' | 'torn' | 'failed' | 'timed-out' | 'left' | 'cut';

/** What is known of an admitted request when it is over. */
export interface Ending {
  readonly how: How;
  /** Of the API's answer; undefined when the caller was told of none. */
  readonly status: number | undefined;
  /** The fields of that answer, as the API sent them; by lower-case name. */
  readonly headers: NodeJS.Dict<string | string[]>;
  /** Of the answer's body, as the API sent it. */
  readonly bytes: number;
  /** What of that body the limits asked to know; undefined when nothing. */
  readonly body: Read | undefined;
  /** From the request's head. */
  readonly tookMs: number;
}

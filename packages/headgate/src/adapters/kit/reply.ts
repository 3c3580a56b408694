import { problem, PROBLEM_TYPE, type Answered } from '../../http/index.ts';

/** What is written of an answer; a denial is one. */
export type Reply = Pick<Answered, 'status' | 'fields' | 'body' | 'silent'>;

/** A request that could not be judged must not pass. */
export const UNJUDGED: Reply = {
  status: 500,
  fields: ['Content-Type', PROBLEM_TYPE],
  body: problem(500, 'The request could not be judged.'),
};

/** What a refusal says of a request whose handler was not chosen by the path that was counted. */
export const TWO_READINGS = 'The request cannot be read: its path has two readings.';

/** Whether an answer of this status has no body (RFC 9110 15.3.5 and 15.4.5). */
export const isBodiless = (status: number): boolean => status === 204 || status === 304;

import { HeadgateError } from '../../core/index.ts';

/** What went wrong with Redis, with its own words, and its error as the cause. */
export function storeFault(error: unknown): HeadgateError {
  if (error instanceof HeadgateError) return error;
  const fault = new HeadgateError('ERR_STORE', `redis: expected an answer, got ${reasonOf(error)}`);
  fault.cause = error;
  return fault;
}

/** Of a command that it does not know Redis repeats the words, keys among them: those are for no log. */
const WORDS = /, with args beginning with:.*/s;

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === '' ? error.name : error.message.replace(WORDS, '');
}

export function lateFault(deadlineMs: number): HeadgateError {
  return new HeadgateError('ERR_STORE', `redis: expected an answer within ${deadlineMs} ms, got none`);
}

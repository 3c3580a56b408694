import { HeadgateError } from '../../src/core/index.ts';
import type { Answer } from './entry.ts';

export function answerOf(apply: () => Answer): Answer {
  try {
    return apply();
  } catch (error) {
    return faultOf(error);
  }
}

/** An error of any other sort is a wrong by itself, and is told whole. */
export function faultOf(error: unknown): Answer {
  if (error instanceof HeadgateError) return { fault: error.code };
  return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** Whether the store could not do it: then it did nothing. */
export function isStoreFault(answer: Answer | undefined): boolean {
  return answer !== undefined && 'fault' in answer && answer.fault === 'ERR_STORE';
}

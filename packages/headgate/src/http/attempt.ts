import { PlanFault, type Ask } from '../profile/index.ts';
import { decide, type Decided, type Judging } from './decide.ts';
import type { Soon } from './soon.ts';

/** Has a request judged. `once`: the same id is charged once. */
export type Attempt = (ask: Ask, once?: string) => Soon<Decided | PlanFault>;

/**
 * A figure that cannot be told for a fault of the request's is the caller's to mend.
 * @param tend what is to be done before anything is judged
 */
export function createAttempt(judging: Judging, tend: () => void): Attempt {
  return (ask, once) => {
    try {
      tend();
      const decided = decide(once === undefined ? judging : { ...judging, requestId: once }, ask);
      return decided instanceof Promise ? decided.catch(untellable) : decided;
    } catch (error) {
      return untellable(error);
    }
  };
}

/** @throws what is no fault of the request's */
function untellable(error: unknown): PlanFault {
  if (error instanceof PlanFault && error.status === 400) return error;
  throw error;
}

import type { Instant } from '../counters/index.ts';
import { HeadgateError } from '../errors.ts';
import type { Outcome } from '../outcome.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { peek, tell } from './decide.ts';

/*
 * Rates alone are what most programs limit, and what the smallest entry carries. Everything else (quotas, permits, levels,
 * blocks, shadows, attempts, reservations, request ids) is plugged in by `plugAll`, which every entry that can ask for it calls.
 */

export type Verb = (step: Step, bank: Bank, t: Instant, out: Outcome) => void;

/** What stands behind a decision where plain rates do not suffice: here, what else can be asked of those. */
export const EXTRAS: { decide: Verb; run: Verb } = {
  decide: missing,
  run(step, bank, t, out) {
    const { op, requestId } = step;
    if (!bank.plain || requestId !== undefined) missing();
    if (op === 'peek') return peek(step, bank, t, out);
    if (op !== 'reset') missing();
    bank.ledgers.forEach((_, record) => bank.clear(record));
    tell(step, bank, t, out, () => 0);
  },
};

/** @throws HeadgateError `ERR_NOT_PLUGGED` */
function missing(): never {
  throw new HeadgateError('ERR_NOT_PLUGGED', 'this needs plugAll() of "headgate/all", called once');
}

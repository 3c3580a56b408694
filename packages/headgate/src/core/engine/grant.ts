import { FOREVER } from '../program.ts';
import { grantIdOf, type Instant } from '../counters/index.ts';
import { Quota } from '../counters/quota.ts';
import { HeadgateError } from '../errors.ts';
import type { Outcome } from '../outcome.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { keep } from './reservations.ts';
import { requireUnits } from './units.ts';

/** The longest id of a grant, in UTF-16 units. */
const MAX_ID = 512;

/** Gives quotas units on top of their own, all or none, and each id once: the same again changes nothing, and is said to be a replay. */
export function grant(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  requireUnits(step, 0);
  const { id, endsAtMs } = requireNamed(step);
  const given = bank.counters.flatMap((counter, i) => (step.costs[i] === 0 ? [] : [quotaOf(counter, i)]));
  const news = given.filter(({ grants, segment, units }) =>
    grants.requireNew({ id, units: step.costs[units]!, endsAtMs }, t.wall, Number.MAX_SAFE_INTEGER - segment.burst),
  );
  for (const { counter, grants, units } of news) {
    grants.give({ id, units: step.costs[units]!, endsAtMs }, t.wall);
    keep(counter, counter.holdsFor(t, counter.resetIn(t)));
  }
  out.replayed = given.length > 0 && news.length === 0;
}

function quotaOf(counter: unknown, units: number) {
  if (counter instanceof Quota && counter.grants?.takes === true)
    return { counter, grants: counter.grants, segment: counter.segment, units };
  throw new HeadgateError('ERR_VERB', `grant: costs[${units}]: expected a quota that takes grants`);
}

function requireNamed({ grant: given }: Step): { readonly id: number; readonly endsAtMs: number } {
  const { id, endsAtMs = FOREVER } = given ?? {};
  if (typeof id !== 'string' || id === '' || id.length > MAX_ID)
    throw new HeadgateError('ERR_GRANT', `grant: expected an id of 1 to ${MAX_ID} characters, got ${String(id)}`);
  if (!Number.isSafeInteger(endsAtMs))
    throw new HeadgateError('ERR_GRANT', `grant: expected an end in whole ms since the epoch, got ${endsAtMs}`);
  return { id: grantIdOf(id), endsAtMs };
}

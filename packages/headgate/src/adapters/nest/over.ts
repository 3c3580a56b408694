import type { Visit } from '../kit/index.ts';
import type { Arrival } from './arrival.ts';

/** Calls that hold something, by the response or the connection that they came by. */
const held = new WeakMap<object, Set<Visit>>();

/**
 * Sees to it that a call which has no response of its own is over when what it came by is, though it may never reach its handler: a guard
 * behind ours may refuse it, and no interceptor sees that. What comes back ends it before.
 */
export function overWith({ request, response }: Arrival, visit: Visit): () => void {
  if (!visit.holds) return () => visit.end({ status: 200, torn: false });
  const whole = response ?? request.socket;
  let visits = held.get(whole);
  if (visits === undefined) {
    const all = new Set<Visit>();
    held.set(whole, (visits = all));
    whole.once('close', () => all.forEach((one) => one.end({ status: undefined, torn: true })));
  }
  visits.add(visit);
  const others = visits;
  return () => {
    others.delete(visit);
    visit.end({ status: 200, torn: false });
  };
}

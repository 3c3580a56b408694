import type { CompiledPolicy } from '../../http/index.ts';
import type { AnyStore } from './options.ts';
import type { Warn } from './warnings.ts';

/** Which policy counters were first given to. */
const users = new WeakMap<object, CompiledPolicy>();

/** What stores of one client have alike, who count together; mostly a store alone. */
export function countersOf(store: AnyStore): object {
  return store.traits.counters ?? store;
}

/** Whether a store that was given counts from nothing, as far as is known: it is of this process, and no limiter has had it. */
export function isNew(store: AnyStore): boolean {
  return store.traits.name === 'memory' && !users.has(store);
}

/**
 * Tells of a store that is given to another policy: limits of one name, window and partition share what was counted, and others do not. Of two
 * stores that count together, only where any do: else nobody need know.
 */
export function noteStore(store: AnyStore, policy: CompiledPolicy, warn: Warn): void {
  const counters = countersOf(store);
  const other = users.get(counters);
  if (other === undefined) return void users.set(counters, policy);
  if (other === policy || JSON.stringify(other) === JSON.stringify(policy)) return;
  const known = new Set(other.limits.map(counterOf));
  const met = policy.limits.filter((limit) => known.has(counterOf(limit))).map(({ name }) => name);
  if (met.length > 0) warn('WARN_ADAPTER_STORE_SHARED', `both have ${met.join(', ')}`);
  else if (counters === store) warn('WARN_ADAPTER_STORE_SHARED', 'none is shared');
}

/** What makes two limits one counter, as far as a policy's text tells. */
function counterOf({ name, algorithm, per, amount }: CompiledPolicy['limits'][number]): string {
  return JSON.stringify([name, algorithm, per, amount.is === 'amount' && amount.amount.windowMs]);
}

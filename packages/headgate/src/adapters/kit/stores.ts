import type { CompiledPolicy } from '../../http/index.ts';
import type { AnyStore } from './options.ts';
import type { Warn } from './warnings.ts';

/** Which policy a store was first given to. */
const users = new WeakMap<AnyStore, CompiledPolicy>();

/** Whether a store that was given counts from nothing, as far as is known: it is of this process, and no limiter has had it. */
export function isNew(store: AnyStore): boolean {
  return store.traits.name === 'memory' && !users.has(store);
}

/** Tells of a store that is given to another policy: limits of one name and window share what was counted, and others do not. */
export function noteStore(store: AnyStore, policy: CompiledPolicy, warn: Warn): void {
  const other = users.get(store);
  if (other === undefined) return void users.set(store, policy);
  if (other === policy || JSON.stringify(other) === JSON.stringify(policy)) return;
  const names = new Set(other.limits.map(({ name }) => name));
  const met = policy.limits.filter(({ name }) => names.has(name)).map(({ name }) => name);
  warn('WARN_ADAPTER_STORE_SHARED', met.length === 0 ? 'none is shared' : `both have ${met.join(', ')}`);
}

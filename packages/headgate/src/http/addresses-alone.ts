import type { CompiledPolicy } from '../profile/index.ts';

/** Whether every limit is a plain rate on an address, or on all, and nothing else in the policy looks at a request. */
export function countsAddressesAlone(policy: CompiledPolicy): boolean {
  const { identify, anonymous, unidentified, derive, operations, require, limits, overrides, endpoints } = policy;
  if (identify.length > 0 || !anonymous || unidentified.is !== 'unlimited') return false;
  if ([derive, operations, require, overrides, endpoints, policy.respond.merge].some((list) => list.length > 0))
    return false;
  return limits.every(isPlain);
}

function isPlain({
  kind,
  amount,
  burst,
  per,
  operations,
  when,
  hold,
  replaces,
  cost,
  ladder,
}: CompiledPolicy['limits'][number]): boolean {
  if (ladder !== undefined) return false;
  if (kind !== 'rate' || operations !== undefined || when !== undefined || hold !== undefined) return false;
  if (amount.is !== 'amount' || typeof amount.amount.units !== 'number' || replaces.length > 0) return false;
  if (cost.is !== 'literal' || (burst !== undefined && burst.is !== 'literal') || per.is !== 'parts') return false;
  return per.parts.every((part) => part.is === 'global' || (part.is === 'attribute' && part.path === 'address'));
}

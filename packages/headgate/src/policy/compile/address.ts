import type { CompiledPolicy } from '../../profile/index.ts';
import { cidrProblem, isEverybody } from '../read/cidr.ts';
import type { PolicyInput } from '../schema/policy.ts';
import type { Context } from './context.ts';
import { fieldNameProblem } from './header.ts';
import { listOf } from './lists.ts';
import { strangersExpression } from './unidentified.ts';

/** Compiles how a caller's address is found. */
export function compileAddress(context: Context, address: PolicyInput['address']): CompiledPolicy['address'] {
  const { trust, header, when, group } = address ?? {};
  const trusted = listOf(trust, ['address', 'trust']);
  for (const { item, path } of trusted) {
    const problem = cidrProblem(item);
    if (problem !== undefined) context.problems.error('ERR_POLICY_ADDRESS', path, problem);
    else if (isEverybody(item))
      context.problems.warn('WARN_POLICY_TRUST', path, 'believes every address: any caller can claim to be another');
  }
  const problem = header === undefined ? undefined : fieldNameProblem(header);
  if (problem !== undefined) context.problems.error('ERR_POLICY_HEADER', ['address', 'header'], problem);
  for (const word of ['header', 'when'] as const)
    if (address?.[word] !== undefined && trusted.length === 0)
      context.problems.warn('WARN_POLICY_TRUST', ['address', word], 'is never believed, since no proxy is in "trust"');
  return {
    trust: trusted.map(({ item }) => item),
    ...(header !== undefined && { header: header.toLowerCase() }),
    ...(when !== undefined && { when: strangersExpression(context, when, ['address', 'when'], { expect: 'bool' }) }),
    group: { v4: group?.v4 ?? 32, v6: group?.v6 ?? 64 },
  };
}

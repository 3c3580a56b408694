import { HeadgateError } from '../../core/index.ts';
import type { CompiledPolicy } from '../../http/index.ts';
import type { AnyStore, Options } from './options.ts';
import { quickPolicy } from './quick.ts';
import { isPolicy, limitsOf, type Spec } from './spec.ts';

/**
 * The policy that an app has given, or the one that its limits make.
 * @throws HeadgateError `ERR_ADAPTER_OPTION`, and what a limit that cannot be read throws
 */
export function policyOf(spec: Spec, { trust, key }: Options<never, AnyStore>): CompiledPolicy {
  if (!isPolicy(spec)) return quickPolicy(limitsOf(spec), { trust: trust ?? [], keyed: key !== undefined });
  if (key !== undefined)
    throw new HeadgateError(
      'ERR_ADAPTER_OPTION',
      'key: a policy says itself who asks, in identify; leave the option out',
    );
  if (!Array.isArray(spec.identify) || !Array.isArray(spec.limits))
    throw new HeadgateError(
      'ERR_ADAPTER_OPTION',
      'a policy: expected what parsePolicy makes of it, or headgate compile, got it as it is written',
    );
  return trust === undefined ? spec : { ...spec, address: { ...spec.address, trust } };
}

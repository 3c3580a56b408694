import type { Value } from '../../profile/index.ts';
import { readAmount } from '../read/amount.ts';
import type { PolicyInput } from '../schema/policy.ts';
import type { Context } from './context.ts';

/** Enough for a burst of expired keys behind one address, too little to guess keys. */
const DEFAULT: Value = { is: 'amount', amount: { units: 600, windowMs: 60_000 } };
const PATH = ['unidentified'];

/** Compiles what an address may send that nobody could identify: a plain rate, since nobody is there to read attributes of. */
export function compileUnidentified(context: Context, given: PolicyInput['unidentified']): Value {
  if (given === undefined) return DEFAULT;
  const read = typeof given === 'string' || typeof given === 'number' ? readAmount(given, 'rate') : undefined;
  if (read?.is === 'unlimited') return { is: 'unlimited' };
  if (read?.is === 'literal') return { is: 'amount', amount: { units: read.units, windowMs: read.windowMs ?? 0 } };
  if (read?.is === 'refused') context.problems.error(read.refused.code, PATH, read.refused.rule);
  else if (read === undefined || read.is === 'expression')
    context.problems.error(
      'ERR_POLICY_NOT_BUILT',
      PATH,
      'a figure that depends on something is part of the language here, but not built yet; write a rate such as "600/minute"',
    );
  else
    context.problems.error(
      'ERR_POLICY_AMOUNT',
      PATH,
      'expected a rate such as "600/minute", or "unlimited": it counts before anybody is known',
    );
  return DEFAULT;
}

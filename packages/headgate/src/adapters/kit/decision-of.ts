import { HeadgateError } from '../../core/index.ts';
import type { AnyDecision } from './decision.ts';
import type { Guard } from './guard.ts';
import { visitOf, type Visit } from './visit.ts';

/**
 * The decision that a gate has made on a request.
 * @throws HeadgateError `ERR_ADAPTER_UNJUDGED` when the request has not met it
 */
export function decisionOf(guard: Guard, native: object, visit: Visit | undefined = visitOf(native)): AnyDecision {
  const decision = visit && guard.admissionIn(visit)?.decision;
  if (decision !== undefined) return decision;
  throw new HeadgateError('ERR_ADAPTER_UNJUDGED', 'this request has not met this gate: mount it before the handler');
}

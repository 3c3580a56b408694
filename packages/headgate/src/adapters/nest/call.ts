import type { ExecutionContext } from '@nestjs/common';
import type { RequestDecision, Visit } from '../kit/index.ts';

/** One call of a handler that has passed. */
export interface Call {
  readonly visit: Visit;
  readonly decision: RequestDecision;
}

const calls = new WeakMap<object, Call>();

/**
 * What stands for one call, in whatever makes it: Nest gives guards, interceptors and parameters no object in common but what the
 * handler gets. A request; what GraphQL says of one field; a message, or, where that is no object, who sent it.
 */
export function nativeOf(context: ExecutionContext): object {
  const [first, second, , fourth] = context.getArgs<[object, unknown, unknown, object]>();
  switch (context.getType<string>()) {
    case 'graphql':
      return fourth;
    case 'ws':
      return typeof second === 'object' && second !== null ? second : first;
    default:
      return first;
  }
}

export function callOf(context: ExecutionContext): Call | undefined {
  return calls.get(nativeOf(context));
}

export function setCall(context: ExecutionContext, call: Call): void {
  calls.set(nativeOf(context), call);
}

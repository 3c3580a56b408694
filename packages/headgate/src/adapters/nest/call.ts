import type { ExecutionContext } from '@nestjs/common';
import type { AnyDecision, Visit } from '../kit/index.ts';

/** One call of a handler that has passed. */
export interface Call {
  readonly visit: Visit;
  readonly decision: AnyDecision;
  /** Ends a call that has no response of its own. */
  readonly end?: () => void;
}

const calls = new WeakMap<object, Call>();

/** What stands for one call before its guards: a request, what GraphQL says of one field, or what was passed on of one message. */
export function nativeOf(context: ExecutionContext): object {
  const args = context.getArgs<[object, unknown, unknown, object]>();
  const type = context.getType<string>();
  return type === 'graphql' ? args[3] : type === 'ws' ? args : args[0];
}

/**
 * What stands for it where parameters are made: of a message, Nest gives those nothing in common with guards but what the handler gets,
 * which may be a text. Then it is who sent it, of whom the last message is meant.
 */
function seenOf(context: ExecutionContext): object {
  const native = nativeOf(context);
  if (context.getType() !== 'ws') return native;
  const [client, data] = native as [object, unknown]; // as Nest passes a message on
  return typeof data === 'object' && data !== null ? data : client;
}

export function callOf(context: ExecutionContext): Call | undefined {
  return calls.get(seenOf(context));
}

export function setCall(context: ExecutionContext, call: Call): void {
  calls.set(seenOf(context), call);
}

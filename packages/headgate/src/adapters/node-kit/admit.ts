import {
  TWO_READINGS,
  UNJUDGED,
  type Begun,
  type Guard,
  type Reply,
  type RequestView,
  type Visit,
} from '../kit/index.ts';
import { hook } from './hook.ts';
import { reply } from './reply.ts';
import { prepare, reads, strip, type Exchange } from './request.ts';
import { NodeView } from './view.ts';

/** A gate, or a gate's part for a route. */
export interface Asks {
  begin(native: object, view: RequestView): Begun | Promise<Begun>;
}

/** Asks about a request of Node's. What comes back may pass to a handler; undefined: it was answered here, or its caller has gone. */
export function admit(asks: Asks, guard: Guard, exchange: Exchange): Visit | undefined | Promise<Visit | undefined> {
  // Nobody is left to be answered, nor an address to count: after a body was read, say, behind which stood no other request.
  if (exchange.request.socket.destroyed) return undefined;
  const view = new NodeView(exchange.request, exchange.came);
  try {
    const begun = asks.begin(exchange.native, view);
    if (!(begun instanceof Promise)) return take(guard, exchange, view, begun);
    return begun.then(
      (one) => take(guard, exchange, view, one),
      (error: unknown) => fail(guard, exchange, view, error),
    );
  } catch (error) {
    return fail(guard, exchange, view, error);
  }
}

function take(guard: Guard, exchange: Exchange, view: NodeView, begun: Begun): Visit | undefined {
  const { request, response } = exchange;
  if (begun.kind === 'answer') return answer(exchange, view, begun);
  if (response.destroyed) return gone(begun);
  if (!reads(exchange, guard, begun.target)) return refuse(guard, exchange, view, begun);
  // Where only who asks counts, nothing is counted as what it is not.
  if (guard.readsTarget) strip(request, guard.stripsFor(view));
  prepare(request, begun);
  hook(response, begun);
  return begun;
}

function fail(guard: Guard, exchange: Exchange, view: NodeView, error: unknown): undefined {
  guard.fault(error);
  return answer(exchange, view, UNJUDGED);
}

function answer(exchange: Exchange, { id }: NodeView, said: Reply): undefined {
  if (exchange.send !== undefined) exchange.send(said, id);
  else reply(exchange.response, said, id);
  return undefined;
}

function gone(visit: Visit): undefined {
  visit.end({ status: undefined, reached: false, torn: true });
  return undefined;
}

/** It was charged, and stays so: whoever spells a path so that it has two readings wants to be counted as another. */
function refuse(guard: Guard, exchange: Exchange, view: NodeView, visit: Visit): undefined {
  visit.end({ status: undefined, reached: false, torn: false });
  visit.isAnswered = true;
  return answer(exchange, view, guard.refuse(view, 400, TWO_READINGS));
}

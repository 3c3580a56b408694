import {
  upon,
  visitOf,
  type Answered,
  TWO_READINGS,
  UNJUDGED,
  type Begun,
  type Bring,
  type Guard,
  type Reply,
  type RequestView,
  type Visit,
} from '../kit/index.ts';
import type { Exchange } from './exchange.ts';
import { hook } from './hook.ts';
import { Incoming } from './incoming.ts';
import { Received } from './received.ts';
import { reply } from './reply.ts';
import { prepare, reads, strip } from './request.ts';

/** A gate, or a gate's part for a route. */
export interface Asks {
  begin(native: object, view: RequestView, bring?: Bring): Begun | Promise<Begun>;
}

/** Asks about a request of Node's. What comes back may pass to a handler; undefined: it was answered here, or its caller has gone. */
export function admit(asks: Asks, guard: Guard, exchange: Exchange): Visit | undefined | Promise<Visit | undefined> {
  // Nobody is left to be answered, nor an address to count: after a body was read, say, behind which stood no other request.
  if (exchange.request.socket.destroyed) return undefined;
  if (guard.gate.readsBodies) return admitBody(asks, guard, exchange);
  try {
    const begun = asks.begin(exchange.native, exchange);
    if (!(begun instanceof Promise)) return take(guard, exchange, begun);
    return begun.then(
      (one) => take(guard, exchange, one),
      (error: unknown) => fail(guard, exchange, error),
    );
  } catch (error) {
    return fail(guard, exchange, error);
  }
}

/** The same, where bodies are read or measured: the body waits until its request is judged. */
async function admitBody(asks: Asks, guard: Guard, exchange: Exchange): Promise<Visit | undefined> {
  const incoming = bodyOf(exchange);
  let visit: Visit | undefined;
  try {
    const begun = await asks.begin(exchange.native, exchange, incoming && ((maxBytes) => incoming.bring(maxBytes)));
    visit = take(guard, exchange, begun);
  } catch (error) {
    visit = fail(guard, exchange, error);
  }
  if (visit === undefined) incoming?.drop();
  else incoming?.pass(visit, (said) => cut(visit, exchange, said));
  return visit?.isAnswered === true ? undefined : visit;
}

/** Undefined where nobody can bring it: another gate has it in hand, or all of it has come and waits for a handler. */
function bodyOf(exchange: Exchange): Incoming | Received | undefined {
  const { request, native } = exchange;
  if (visitOf(native) !== undefined) return undefined;
  if (request.readableDidRead) return new Received(exchange);
  return request.complete ? undefined : new Incoming(request);
}

/** A handler has begun: all that is left is to answer before it does, or to let the caller see that it was cut. */
function cut(visit: Visit, exchange: Exchange, said: Answered): void {
  const { response, request } = exchange;
  if (response.headersSent) return void request.socket.destroy();
  visit.isAnswered = true;
  answer(exchange, said);
}

function take(guard: Guard, exchange: Exchange, begun: Begun): Visit | undefined {
  const { request, response } = exchange;
  if (begun.kind === 'answer') return answer(exchange, begun);
  if (response.destroyed) return gone(begun);
  if (!reads(exchange, guard, begun.target)) return refuse(guard, exchange, begun);
  // Where only who asks counts, nothing is counted as what it is not.
  if (guard.readsTarget) strip(request, guard.stripsFor(exchange));
  prepare(request, begun);
  hook(response, begun);
  return begun;
}

function fail(guard: Guard, exchange: Exchange, error: unknown): undefined {
  guard.fault(error);
  return answer(exchange, UNJUDGED);
}

function answer(exchange: Exchange, said: Reply): undefined {
  if (said.silent === true) reply(exchange.response, said, exchange.id);
  else exchange.send(said);
  return undefined;
}

function gone(visit: Visit): undefined {
  visit.end({ status: undefined, reached: false, torn: true });
  return undefined;
}

/** It was charged, and stays so: whoever spells a path so that it has two readings wants to be counted as another. */
function refuse(guard: Guard, exchange: Exchange, visit: Visit): undefined {
  visit.end({ status: undefined, reached: false, torn: false });
  visit.isAnswered = true;
  void upon(guard.refuse(exchange, 400, TWO_READINGS), (said) => answer(exchange, said));
  return undefined;
}

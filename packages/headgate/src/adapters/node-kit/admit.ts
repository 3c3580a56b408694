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
import { hook } from './hook.ts';
import { Incoming } from './incoming.ts';
import { Received } from './received.ts';
import { reply } from './reply.ts';
import { prepare, reads, strip, type Exchange } from './request.ts';
import { NodeView } from './view.ts';

/** A gate, or a gate's part for a route. */
export interface Asks {
  begin(native: object, view: RequestView, bring?: Bring): Begun | Promise<Begun>;
}

/** Asks about a request of Node's. What comes back may pass to a handler; undefined: it was answered here, or its caller has gone. */
export function admit(asks: Asks, guard: Guard, exchange: Exchange): Visit | undefined | Promise<Visit | undefined> {
  // Nobody is left to be answered, nor an address to count: after a body was read, say, behind which stood no other request.
  if (exchange.request.socket.destroyed) return undefined;
  const view = new NodeView(exchange.request, exchange.came);
  if (guard.gate.readsBodies) return admitBody(asks, guard, exchange, view);
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

/** The same, where bodies are read or measured: the body waits until its request is judged. */
async function admitBody(asks: Asks, guard: Guard, exchange: Exchange, view: NodeView): Promise<Visit | undefined> {
  const incoming = bodyOf(exchange);
  let visit: Visit | undefined;
  try {
    const begun = await asks.begin(exchange.native, view, incoming && ((maxBytes) => incoming.bring(maxBytes)));
    visit = take(guard, exchange, view, begun);
  } catch (error) {
    visit = fail(guard, exchange, view, error);
  }
  if (visit === undefined) incoming?.drop();
  else incoming?.pass(visit, (said) => cut(visit, exchange, view, said));
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
function cut(visit: Visit, exchange: Exchange, view: NodeView, said: Answered): void {
  const { response, request } = exchange;
  if (response.headersSent) return void request.socket.destroy();
  visit.isAnswered = true;
  answer(exchange, view, said);
}

function take(guard: Guard, exchange: Exchange, view: NodeView, begun: Begun): Visit | undefined {
  const { request, response } = exchange;
  if (begun.kind === 'answer') return answer(exchange, view, begun);
  // Of HTTP/2 a response does not tell, and its request's socket is its stream.
  if (response.destroyed || request.socket.destroyed) return gone(begun);
  if (!reads(exchange, guard, begun.target)) return refuse(guard, exchange, view, begun);
  // Where only who asks counts, nothing is counted as what it is not.
  if (guard.readsTarget) strip(request, guard.names.stripsFor(view));
  prepare(request, begun);
  hook(response, begun);
  return begun;
}

function fail(guard: Guard, exchange: Exchange, view: NodeView, error: unknown): undefined {
  guard.fault(error);
  return answer(exchange, view, UNJUDGED);
}

function answer(exchange: Exchange, { id }: NodeView, said: Reply): undefined {
  if (exchange.send !== undefined && said.silent !== true) exchange.send(said, id);
  else reply(exchange.response, said, id);
  return undefined;
}

function gone(visit: Visit): undefined {
  visit.end({ status: undefined, reached: false, torn: true });
  return undefined;
}

/** It was charged, and stays so: whoever spells a path so that it has two readings wants to be counted as another. */
function refuse(guard: Guard, exchange: Exchange, view: NodeView, visit: Visit): undefined {
  visit.refuse();
  void upon(guard.refuse(view, 400, TWO_READINGS), (said) => answer(exchange, view, said));
  return undefined;
}

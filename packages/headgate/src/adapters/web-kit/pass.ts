import {
  readsAlike,
  TWO_READINGS,
  UNJUDGED,
  visitOf,
  type Answered,
  type Begun,
  type Bring,
  type Guard,
  type Reading,
  type RequestView,
  type Visit,
} from '../kit/index.ts';
import { failed, finished } from './finish.ts';
import { Incoming } from './incoming.ts';
import { prepared } from './prepare.ts';
import { replyTo, replyToNobody } from './reply.ts';
import { WebView } from './view.ts';

/** A gate, or a gate's part for a route. */
export interface Asks {
  begin(native: object, view: RequestView, bring?: Bring): Begun | Promise<Begun>;
}

/** What a handler answers to the request that it is given. */
export type Run = (request: Request) => Response | Promise<Response>;

/** A request, as an adapter has it. */
export interface Arrived {
  readonly request: Request;
  /** What the decision hangs on, and what a key function is given. */
  readonly native: object;
  /** Says the address of the other end. */
  readonly peer: () => string | undefined;
  /** How the path was read that has chosen its handler. */
  readonly reading: Reading;
}

/**
 * Asks about a Web request, and has it answered by `run` where it may pass. The first gate that a request meets sees its answer off.
 * @throws what `run` throws
 */
export async function pass(asks: Asks, guard: Guard, arrived: Arrived, run: Run): Promise<Response> {
  const { request, native, peer } = arrived;
  const isFirst = visitOf(native) === undefined;
  const view = new WebView(request, peer);
  const incoming = isFirst && guard.gate.readsBodies && request.body !== null ? new Incoming(request.body) : undefined;
  const admitted = await admit(asks, guard, arrived, view, incoming);
  if (admitted instanceof Response) {
    incoming?.drop();
    return admitted;
  }
  if (admitted.holds) {
    if (request.signal.aborted) return gone(admitted, incoming);
    // A caller who goes away before there is an answer: nobody reads its body, and so nobody sees its end.
    request.signal.addEventListener('abort', () => failed(admitted), { once: true });
  }
  const seen = prepared(request, admitted, guard.names.stripsFor(view), incoming?.passing(admitted));
  try {
    const response = await run(seen);
    if (incoming?.said !== undefined) return cut(admitted, request, incoming.said, view);
    return isFirst ? await finished(admitted, request, response) : response;
  } catch (error) {
    if (incoming?.said !== undefined) return cut(admitted, request, incoming.said, view);
    failed(admitted);
    throw error;
  }
}

/** Its caller went away while it was judged: nobody is left to be answered. */
function gone(visit: Visit, incoming: Incoming | undefined): Response {
  visit.end({ status: undefined, reached: false, torn: true });
  incoming?.drop();
  return replyToNobody();
}

async function admit(
  asks: Asks,
  guard: Guard,
  { request, native, reading }: Arrived,
  view: WebView,
  incoming: Incoming | undefined,
): Promise<Visit | Response> {
  let begun: Begun;
  try {
    begun = await asks.begin(native, view, incoming && ((maxBytes) => incoming.bring(maxBytes)));
  } catch (error) {
    // Whoever is gone has no address any more, on some platforms.
    if (request.signal.aborted) return replyToNobody();
    guard.fault(error);
    return replyTo(request, UNJUDGED, view.id);
  }
  if (begun.kind === 'answer') return replyTo(request, begun, view.id);
  if (!readsAlike(view.target, begun.target, reading, guard.policy.paths.trailingSlash))
    return replyTo(request, await refused(begun, guard, view), view.id);
  return begun;
}

/** A handler has begun, and what it would say of half a body is not wanted. */
function cut(visit: Visit, request: Request, said: Answered, { id }: WebView): Response {
  visit.end({ status: undefined, torn: true });
  visit.isAnswered = true;
  return replyTo(request, said, id);
}

/** It was charged, and stays so: whoever spells a path so that it has two readings wants to be counted as another. */
function refused(visit: Visit, guard: Guard, view: WebView): Promise<Answered> | Answered {
  visit.refuse();
  return guard.refuse(view, 400, TWO_READINGS);
}

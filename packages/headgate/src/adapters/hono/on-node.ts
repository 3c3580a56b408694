import type { Context, Next } from 'hono';
import { decisionOf, visitOf, type Guard, type Reply } from '../kit/index.ts';
import { admit, hook, isHooked, type Exchange } from '../node-kit/index.ts';
import { replyTo, replyToNobody } from '../web-kit/index.ts';

/** What Hono's server for Node hands on beside the Web's request. Others hand on what they like by these names. */
interface Env {
  readonly incoming?: Partial<Exchange['request']> | null;
  readonly outgoing?: Partial<Exchange['response']> | null;
}

/** Node's own exchange beneath a request of Hono's. Undefined on any other platform. */
export function nodeBeneath(native: Context): NodeBeneath | undefined {
  const env: unknown = native.env;
  if (typeof env !== 'object' || env === null) return undefined;
  const { incoming, outgoing } = env as Env; // of which nothing is believed that is not seen
  // Node's own, of either version of HTTP, by their members. Each is read by its name: `name in value`, for names that vary, is a search.
  const isNode =
    Array.isArray(incoming?.rawHeaders) &&
    typeof outgoing?.writeHead === 'function' &&
    typeof outgoing.setHeader === 'function';
  return isNode
    ? new NodeBeneath(native, incoming as Exchange['request'], outgoing as Exchange['response'])
    : undefined;
}

/**
 * Where only who asks counts, and Node is beneath, a Web request need not be looked at, nor a response be made anew: its head is
 * written to as it leaves. That is a fifth of the cost.
 */
export async function onNode(guard: Guard, exchange: NodeBeneath, next: Next): Promise<Response | undefined> {
  const { native } = exchange;
  const admitted = admit(guard, guard, exchange);
  const visit = admitted instanceof Promise ? await admitted : admitted;
  if (visit === undefined) return exchange.answer ?? replyToNobody();
  native.set('headgate', decisionOf(guard, native, visit));
  await next();
  return undefined;
}

/** Where only who asks counts: what is asked has no part in it. */
export class NodeBeneath implements Exchange {
  readonly request: Exchange['request'];
  readonly response: Exchange['response'];
  readonly native: Context;
  answer: Response | undefined;

  constructor(native: Context, request: Exchange['request'], response: Exchange['response']) {
    this.native = native;
    this.request = request;
    this.response = response;
  }

  get came(): string {
    return '/';
  }

  get base(): string {
    return '';
  }

  send(said: Reply, id: string): void {
    this.answer = replyTo(this.native.req.raw, said, id);
  }
}

/**
 * What stands outside may put another response in the place of one whose body then nobody reads: Node knows when all is over. Where a gate
 * before this one let the request pass by Node, all of its answer passes there.
 */
export function endWithResponse({ native, response }: NodeBeneath): void {
  const visit = visitOf(native);
  if (visit !== undefined && isHooked(response)) return hook(response, visit);
  response.once('close', () => visitOf(native)?.end({ status: response.statusCode, torn: !response.writableFinished }));
}

import type { Context, Next } from 'hono';
import { decisionOf, visitOf, type Guard, type Reply } from '../kit/index.ts';
import { admit, hook, isHooked, type Exchange } from '../node-kit/index.ts';
import { replyTo } from '../web-kit/index.ts';

/** Node's own request and response, which its Hono server hands on beside the Web's. */
type Beneath = Pick<Exchange, 'request' | 'response'>;

/** Undefined on any other platform. */
export function nodeBeneath({ env }: Context): Beneath | undefined {
  if (typeof env !== 'object' || env === null) return undefined;
  const { incoming, outgoing } = env as { readonly incoming?: unknown; readonly outgoing?: unknown };
  const isNode =
    hasMember(incoming, 'rawHeaders') && hasMember(outgoing, 'writeHead') && hasMember(outgoing, 'setHeader');
  // By their members, Node's own, of either version of HTTP.
  return isNode ? ({ request: incoming, response: outgoing } as unknown as Beneath) : undefined;
}

function hasMember(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && name in value;
}

/**
 * Where only who asks counts, and Node is beneath, a Web request need not be looked at, nor a response be made anew: its head is
 * written to as it leaves. That is a fifth of the cost.
 */
export async function onNode(guard: Guard, c: Context, beneath: Beneath, next: Next): Promise<Response | undefined> {
  const exchange = new HonoExchange(c, beneath);
  const admitted = admit(guard, guard, exchange);
  const visit = admitted instanceof Promise ? await admitted : admitted;
  if (visit === undefined) return exchange.answer;
  c.set('headgate', decisionOf(guard, c, visit));
  await next();
  return undefined;
}

class HonoExchange implements Exchange {
  readonly request: Exchange['request'];
  readonly response: Exchange['response'];
  readonly native: Context;
  readonly came = '/';
  readonly base = '';
  answer: Response | undefined;

  constructor(native: Context, { request, response }: Beneath) {
    this.native = native;
    this.request = request;
    this.response = response;
  }

  send(said: Reply, id: string): void {
    this.answer = replyTo(this.native.req.raw, said, id);
  }
}

/**
 * What stands outside may put another response in the place of one whose body then nobody reads: Node knows when all is over. Where a gate
 * before this one let the request pass by Node, all of its answer passes there.
 */
export function endWithResponse(c: Context, { response }: Beneath): void {
  const visit = visitOf(c);
  if (visit !== undefined && isHooked(response)) return hook(response, visit);
  response.once('close', () => visitOf(c)?.end({ status: response.statusCode, torn: !response.writableFinished }));
}

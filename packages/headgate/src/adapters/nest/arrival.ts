import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionContext } from '@nestjs/common';
import { HeadgateError } from '../kit/index.ts';
import { responseTo } from './responses.ts';

/** The request of HTTP that a call came by. Of a message on a web socket, the one that opened it. */
export interface Arrival {
  readonly request: IncomingMessage;
  /** Of a message there is none. */
  readonly response: ServerResponse | undefined;
  /** Of GraphQL, what was asked for, as whoever serves it has read it. */
  readonly body?: unknown;
}

/** A request or a response as Express and Fastify have it. */
type Wrapped<T> = T & { readonly raw?: T; readonly body?: unknown };
const rawOf = <T>(wrapped: Wrapped<T>): T => wrapped.raw ?? wrapped;

/** What those who serve GraphQL put into its context, under the names that Express and Fastify have for it. */
interface GraphqlContext {
  readonly req?: Wrapped<IncomingMessage> & { readonly res?: ServerResponse; readonly extra?: Extra };
  readonly request?: Wrapped<IncomingMessage>;
  readonly res?: Wrapped<ServerResponse>;
  readonly reply?: Wrapped<ServerResponse> & { readonly request?: Wrapped<IncomingMessage> };
  readonly extra?: Extra;
}

/** Of a subscription: the request that opened its socket. */
interface Extra {
  readonly request?: IncomingMessage;
}

/** A client as socket.io has it. One of `ws` does not know by what request it came. */
interface Client {
  readonly request?: IncomingMessage;
}

const sockets = new WeakMap<object, IncomingMessage>();

/** Notes by which request a socket was opened, where the socket itself does not know: in `handleConnection` of a gateway on `ws`. */
export function connected(client: object, request: IncomingMessage): void {
  sockets.set(client, request);
}

/** @throws HeadgateError `ERR_ADAPTER_PEER` for a call that came by no request of HTTP */
export function arrivalOf(context: ExecutionContext): Arrival {
  const [first, second, third] = context.getArgs<[unknown, unknown, unknown]>();
  const type = context.getType<string>();
  // By its type, Nest says what a context holds.
  if (type === 'http') {
    return {
      request: rawOf(first as Wrapped<IncomingMessage>),
      response: rawOf(second as Wrapped<ServerResponse>),
    };
  }
  const found =
    type === 'graphql' ? ofGraphql(third as GraphqlContext) : type === 'ws' ? ofSocket(first as Client) : undefined;
  if (found !== undefined) return found;
  throw new HeadgateError(
    'ERR_ADAPTER_PEER',
    `${context.getClass().name}.${context.getHandler().name}: ${ADVICE[type] ?? `a call of the kind "${type}" came by no request: @SkipLimit() leaves it unlimited`}`,
  );
}

const ADVICE: Readonly<Record<string, string>> = {
  graphql: 'expected the request in the context of GraphQL: context: ({ req }) => ({ req })',
  ws: 'a socket of ws does not know its request: call connected(client, request) in handleConnection',
};

function ofGraphql({ req, request, res, reply, extra }: GraphqlContext): Arrival | undefined {
  const came = req ?? request ?? reply?.request ?? extra?.request;
  if (came === undefined) return undefined;
  const opened = req?.extra?.request;
  if (opened !== undefined) return { request: opened, response: undefined };
  const raw = rawOf(came);
  const response = res ?? reply ?? req?.res ?? responseTo(raw);
  const { body }: Wrapped<IncomingMessage> = came;
  return { request: raw, response: response && rawOf(response), body };
}

function ofSocket(client: Client): Arrival | undefined {
  const request = sockets.get(client) ?? client.request;
  return request && { request, response: undefined };
}

import type { IncomingMessage, RequestListener } from 'node:http';
import type { AnyStore, LaterOf, NamesOf, Names, Options, Spec, SyncStore } from '../kit/index.ts';
import { nodeGate, type NodeGate } from '../node-kit/index.ts';

/** One policy before the handlers of Node's own servers. It is also a middleware of what takes `(request, response, next)`. */
export interface HttpGate<N extends Names, Later extends boolean = false> extends NodeGate<IncomingMessage, N, Later> {
  /** A listener that is called with what passes: `createServer(gate.wrap((request, response) => …))`. */
  wrap(listener: RequestListener): RequestListener;
}

/**
 * Limits before a server of `node:http`, `node:https` or `node:http2` (in its compatible form): `node('100/minute')`, several limits by name, or
 * a whole policy.
 * @throws HeadgateError for a limit that cannot be read, or an option that cannot be used
 */
export function node<const S extends Spec, Store extends AnyStore = SyncStore>(
  spec: S,
  options: Options<IncomingMessage, Store> = {},
): HttpGate<NamesOf<S>, LaterOf<Store>> {
  const gate = nodeGate(spec, options, node, () => undefined);
  const wrap = (listener: RequestListener) => (request: IncomingMessage, response: Parameters<RequestListener>[1]) =>
    gate(request, response, () => listener(request, response));
  return Object.assign(gate, { wrap });
}

export type * from '../types/index.ts';
export type { Middleware, NodeGate } from '../node-kit/index.ts';

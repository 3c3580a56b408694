import type { IncomingMessage } from 'node:http';
import type { AnyStore, HandedDecision, LaterOf, NamesOf, Options, Spec, SyncStore } from '../kit/index.ts';
import { nodeGate, type NodeGate } from '../node-kit/index.ts';

declare global {
  // What Express's own types extend: no package need be there for it.
  namespace Express {
    interface Request {
      /**
       * The decision on this request. It is there behind a gate; where none is mounted, using it throws, so that nothing is
       * taken for charged that was not.
       */
      headgate: HandedDecision;
    }
  }
}

/** As far as it is used here, what Express 4 and 5 give a middleware. */
export type ExpressRequest = IncomingMessage & { headgate?: HandedDecision };

/**
 * Limits for an Express app, of version 4 or 5: `app.use(express('100/minute'))`, several limits by name, or a whole policy.
 * @throws HeadgateError for a limit that cannot be read, or an option that cannot be used
 */
export function express<
  const S extends Spec,
  Native extends IncomingMessage = ExpressRequest,
  Store extends AnyStore = SyncStore,
>(spec: S, options: Options<Native, Store> = {}): NodeGate<Native, NamesOf<S>, LaterOf<Store>> {
  return nodeGate(spec, options, express, (request, decision) => {
    (request as ExpressRequest).headgate = decision; // every request of Express's may have it
  });
}

export type * from '../types/index.ts';
export type { Middleware, NodeGate } from '../node-kit/index.ts';

import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Options, RequestDecision, RouteSpec, Spec } from '../../src/adapters/kit/index.ts';

/** What an app of a test does at one path. */
export interface Handler {
  readonly route?: RouteSpec;
  /** What it answers, as JSON; it may throw, and it may wait. */
  readonly handle: (decision: RequestDecision, native: Native) => unknown;
}

/** What handlers of every framework here are given in the end. */
export interface Native {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export type Handlers = Readonly<Record<string, Handler>>;

/** An app on a free port, with one gate before all of its paths. */
export interface Running {
  readonly url: string;
  readonly server: Server;
  readonly close: () => Promise<void>;
}

export type Start = (spec: Spec, options: Options<never>, handlers: Handlers) => Promise<Running>;

export async function listening(server: Server): Promise<Running> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has this form of address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

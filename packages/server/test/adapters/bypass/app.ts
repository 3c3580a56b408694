import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CompiledPolicy } from 'headgate/http';

/** An app under attack. */
export interface App {
  readonly url: string;
  /** What ran, in the app's own words, in order: `secret`, `item`, `items`, `removed`, `switched`, `rest`. */
  readonly ran: readonly string[];
  readonly close: () => Promise<void>;
}

/** Of the options that all frameworks take. */
export interface AttackOptions {
  readonly trust?: readonly string[];
}

export type MakeApp = (spec: string | CompiledPolicy, options?: AttackOptions) => Promise<App>;

/** The routes, for frameworks that have routers. */
export const ROUTES: readonly (readonly [method: 'all' | 'get' | 'delete', path: string, name: string])[] = [
  ['all', '/v1/secret', 'secret'],
  ['get', '/v1/items', 'items'],
  ['get', '/v1/items/:id', 'item'],
  ['delete', '/v1/items/:id', 'removed'],
];

export async function listening(server: Server, ran: readonly string[]): Promise<App> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has this form of address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    ran,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

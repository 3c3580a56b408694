import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { memoryStore, type Clock } from 'headgate';
import type { CompiledPolicy } from 'headgate/http';

/** One server of the little API, with a policy before it. */
export interface Served {
  readonly url: string;
  /** What reached a handler, as the handler knows it: `GET /files`. */
  readonly handled: readonly string[];
  readonly close: () => Promise<void>;
}

export interface ServeSpec {
  readonly policy: CompiledPolicy;
  readonly clock: Clock;
}

export type Serve = (spec: ServeSpec) => Promise<Served>;

export const optionsOf = ({
  clock,
}: ServeSpec): { store: ReturnType<typeof memoryStore>; clock: Clock; onWarning: () => void } => ({
  store: memoryStore({ clock }),
  clock,
  onWarning: () => undefined,
});

export async function listening(server: Server, handled: readonly string[]): Promise<Served> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has this form of address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    handled,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

import { Redis } from 'ioredis';
import { createClient } from 'redis';
import type { RedisClient } from '../../src/stores/redis/index.ts';

/** A client that is connected, and how to let it go. */
export interface Connected {
  readonly client: RedisClient;
  readonly command: (...args: readonly string[]) => Promise<unknown>;
  readonly close: () => void;
}

export type Connect = (port: number) => Promise<Connected>;

const HOST = '127.0.0.1';

async function ioredis(port: number): Promise<Connected> {
  const client = new Redis({ port, host: HOST, retryStrategy: () => 50 });
  client.on('error', () => undefined);
  // Many stores of a test share one client, and each listens to it.
  client.setMaxListeners(0);
  await client.ping();
  const command = (name: string, ...args: string[]): Promise<unknown> => client.call(name, ...args);
  return {
    client,
    command: (...args) => command(...(args as [string, ...string[]])),
    close: () => client.disconnect(),
  };
}

async function nodeRedis(port: number): Promise<Connected> {
  const client = createClient({ socket: { port, host: HOST, reconnectStrategy: () => 50 } });
  client.on('error', () => undefined);
  client.setMaxListeners(0);
  await client.connect();
  return { client, command: (...args) => client.sendCommand([...args]), close: () => client.destroy() };
}

/** Every client that is supported, by its name. */
export const CLIENTS: Readonly<Record<string, Connect>> = { ioredis, 'node-redis': nodeRedis };

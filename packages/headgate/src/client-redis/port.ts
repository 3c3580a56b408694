/** As much of an ioredis `Redis` as is used. */
export interface IoredisClient {
  readonly status: string;
  callBuffer(command: string, ...args: (string | number)[]): Promise<unknown>;
  duplicate(): IoredisSubscriber;
}

interface IoredisSubscriber {
  on(event: 'message', listener: (channel: string, text: string) => void): unknown;
  on(event: 'ready', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  subscribe(channel: string): Promise<unknown>;
  disconnect(): void;
}

/** As much of node-redis's client, 5 and later, as is used. */
export interface NodeRedisClient {
  readonly isReady: boolean;
  sendCommand(args: string[]): Promise<unknown>;
  duplicate(): object;
}

interface NodeRedisSubscriber {
  on(event: 'ready' | 'error', listener: () => void): unknown;
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: (text: string) => void): Promise<unknown>;
  destroy(): void;
}

export type RedisClient = IoredisClient | NodeRedisClient;

/** What is needed of Redis, whatever client carries it. */
export interface Port {
  /** Whether a command goes out now, and does not wait in a queue of the client's own, from which it would come too late. */
  readonly isReady: () => boolean;
  readonly send: (...command: [name: string, ...args: string[]]) => Promise<unknown>;
  /** Hears what is said in a channel, over a connection of its own; `ready` each time that one stands. Returns what ends it. */
  readonly subscribe: (channel: string, hear: (text: string) => void, ready: () => void) => () => void;
}

/** @throws TypeError when it is neither client */
export function portOf(client: RedisClient): Port {
  if ('callBuffer' in client && typeof client.callBuffer === 'function') return ioredisPort(client);
  if ('sendCommand' in client && typeof client.sendCommand === 'function') return nodeRedisPort(client);
  throw new TypeError('throughRedis: expected a client of ioredis, or of redis (node-redis) 5 or later');
}

const ignore = (): void => {};

function ioredisPort(client: IoredisClient): Port {
  return {
    isReady: () => client.status === 'ready',
    send: (name, ...args) => client.callBuffer(name, ...args),
    subscribe: (channel, hear, ready) => {
      const own = client.duplicate();
      own.on('error', ignore);
      own.on('message', (_channel, text) => hear(text));
      const begin = (): void => void own.subscribe(channel).then(ready, ignore);
      // Asked for twice it is one subscription; the answer says that it stands.
      own.on('ready', begin);
      begin();
      return () => own.disconnect();
    },
  };
}

function nodeRedisPort(client: NodeRedisClient): Port {
  return {
    isReady: () => client.isReady,
    send: (...command) => client.sendCommand(command),
    subscribe: (channel, hear, ready) => {
      // Its types follow the modules that a client was made with; of all, these commands are the same.
      const own = client.duplicate() as NodeRedisSubscriber;
      own.on('error', ignore);
      const begin = async (): Promise<void> => {
        await own.connect();
        await own.subscribe(channel, hear);
        ready();
        // It subscribes anew before it says that it is ready.
        own.on('ready', ready);
      };
      begin().catch(ignore);
      return () => own.destroy();
    },
  };
}

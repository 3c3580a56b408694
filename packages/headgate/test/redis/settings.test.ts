import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programOf } from '../../src/testing/index.ts';
import { redisStore, type RedisClient } from '../../src/stores/redis/index.ts';
import { startRedis, type RedisServer } from './server.ts';

const DEADLINE_MS = 5000;
const LIMIT = programOf({ kind: 'fixed', amount: 3, windowMs: 60_000 });
const HELD = programOf({ kind: 'concurrency', limitId: 2, amount: 3, holdMs: 60_000 });
/** What anybody may call himself. */
const KEYS = [
  '',
  '}',
  '{',
  '{}',
  '}{',
  '\0',
  '\ud800',
  '\udc00\ud800',
  'é',
  'e\u0301',
  '💥',
  '0:',
  '5:abc',
  '-1:x',
  '*',
  '\r\n$-1\r\n',
  '__proto__',
];

let server: RedisServer;
beforeAll(async () => void (server = await startRedis()));
afterAll(() => server[Symbol.asyncDispose]());

type Opened = readonly [RedisClient, () => void];

function ioredis(options: object): Opened {
  const client = new Redis({ port: server.port, host: '127.0.0.1', ...options });
  return [client, () => client.disconnect()];
}

async function nodeRedis(options: object): Promise<Opened> {
  const client = createClient({ socket: { port: server.port, host: '127.0.0.1' }, ...options });
  client.on('error', () => undefined);
  await client.connect();
  return [client, () => client.destroy()];
}

/** Clients that their owners have set otherwise. */
const SETTINGS: Readonly<Record<string, () => Opened | Promise<Opened>>> = {
  'ioredis that pipelines by itself': () => ioredis({ enableAutoPipelining: true }),
  'ioredis with a prefix of its own': () => ioredis({ keyPrefix: 'app:' }),
  'ioredis without a queue': () => ioredis({ enableOfflineQueue: false, lazyConnect: false }),
  'ioredis that tells numbers as text': () => ioredis({ stringNumbers: true, showFriendlyErrorStack: true }),
  'node-redis by RESP3': () => nodeRedis({ RESP: 3 }),
  'node-redis with a short queue': () => nodeRedis({ disableOfflineQueue: true, commandsQueueMaxLength: 40 }),
};

describe('a Redis without scripts', () => {
  it('is told of without the keys that it was asked for', async () => {
    await using bare = await startRedis('--rename-command', 'EVALSHA', '');
    const client = new Redis({ port: bare.port, host: '127.0.0.1' });
    const store = redisStore(client);
    const step = { op: 'decide', program: LIMIT, keys: ['sk_live_51'], costs: [1] } as const;
    const fault: unknown = await store.apply(step, DEADLINE_MS).catch((error: unknown) => error);
    expect(String(fault)).toMatch(/unknown command/);
    expect(String(fault)).not.toContain('sk_live_51');
    await store.close();
    client.disconnect();
  });
});

describe('a client that is set otherwise', () => {
  it.each(Object.entries(SETTINGS))('works all the same: %s', async (name, open) => {
    const [client, close] = await open();
    const store = redisStore(client, { prefix: `${name}:` });
    const ask = (program: typeof LIMIT, key: string, reservationId?: string) =>
      store.apply(
        { op: 'decide', program, keys: [key], costs: [1], ...(reservationId && { reservationId }) },
        DEADLINE_MS,
      );
    // Twice as many as each may, of all at once.
    const answers = await Promise.all(
      KEYS.flatMap((key) => [1, 2, 3, 4, 5, 6].flatMap((i) => [ask(LIMIT, key), ask(HELD, `held ${key}`, `r${i}`)])),
    );
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(KEYS.length * 6);
    await store.close();
    close();
  });
});

// Whom we measure: each over a client of its own, three limits that let everybody in, unless it says one.
import { Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterUnion } from 'rate-limiter-flexible';
import { createClient } from 'redis';
import { redisStore } from '../built/stores/redis/index.js';
import { programOf } from '../built/testing/index.js';
import { batched, one } from './floors.mjs';

const AMOUNT = 1e9;
const DEADLINE_MS = 5000;

const ioredis = async (port) => new Redis({ port, host: '127.0.0.1' });
const nodeRedis = (port) => createClient({ socket: { port, host: '127.0.0.1' } }).connect();

const overIoredis = (client) => ({
  load: (script) => client.script('LOAD', script),
  run: (sha, keys, args) => client.evalsha(sha, keys.length, ...keys, ...args),
});
const overNodeRedis = (client) => ({
  load: (script) => client.scriptLoad(script),
  run: (sha, keys, args) => client.evalSha(sha, { keys, arguments: args }),
});

function ours(client, kind) {
  const store = redisStore(client);
  const windows = [1000, 60_000, 3_600_000];
  const program = programOf(
    ...windows.map((windowMs) => ({ kind, amount: kind === 'bucket' ? windowMs * 100 : AMOUNT, windowMs })),
  );
  const costs = [1, 1, 1];
  return async (key) => (await store.apply({ op: 'decide', program, keys: [key], costs }, DEADLINE_MS)).allowed;
}

function limiter(client, i, more) {
  return new RateLimiterRedis({ storeClient: client, points: AMOUNT, duration: 600 * i, keyPrefix: `rl${i}`, ...more });
}

const consume = (it) => async (key) => (await it.consume(key, 1), true);
const PACKAGE = { useRedisPackage: true };

/** By name: how it decides, given a port. */
export const SUBJECTS = {
  'floor: PING, ioredis': async (port) => ioredis(port).then((client) => async () => (await client.ping()) === 'PONG'),
  'floor: EVALSHA, ioredis': async (port) => one(overIoredis(await ioredis(port))),
  'floor: EVALSHA, node-redis': async (port) => one(overNodeRedis(await nodeRedis(port))),
  'floor: batch, ioredis': async (port) => batched(overIoredis(await ioredis(port))),
  'floor: batch, node-redis': async (port) => batched(overNodeRedis(await nodeRedis(port))),
  'headgate: fixed, ioredis': async (port) => ours(await ioredis(port), 'fixed'),
  'headgate: sliding, ioredis': async (port) => ours(await ioredis(port), 'sliding'),
  'headgate: bucket, ioredis': async (port) => ours(await ioredis(port), 'bucket'),
  'headgate: fixed, node-redis': async (port) => ours(await nodeRedis(port), 'fixed'),
  'rlf: one limit, ioredis': async (port) => consume(limiter(await ioredis(port), 1)),
  'rlf: one limit, node-redis': async (port) => consume(limiter(await nodeRedis(port), 1, PACKAGE)),
  'rlf: union of three, ioredis': async (port) => {
    const client = await ioredis(port);
    return consume(new RateLimiterUnion(...[1, 2, 3].map((i) => limiter(client, i))));
  },
  'rlf: union of three, node-redis': async (port) => {
    const client = await nodeRedis(port);
    return consume(new RateLimiterUnion(...[1, 2, 3].map((i) => limiter(client, i, PACKAGE))));
  },
};

import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisStore, type RedisClient } from '../../src/stores/redis/index.ts';
import { contractSuite, programOf } from '../../src/testing/index.ts';
import { OwnRedis } from './set-up.ts';

const redis = new OwnRedis();
const USER = { username: 'headgate', password: 'secret' };
const DEADLINE_MS = 5000;
let prefixes = 0;

/** The rule as the documentation has it. */
const [, rule = ''] =
  /^ACL (SETUSER .*)$/m.exec(readFileSync(new URL('../../../../docs/redis.md', import.meta.url), 'utf8')) ?? [];

const CLIENTS: Readonly<Record<string, (port: number) => Promise<{ client: RedisClient; close: () => void }>>> = {
  async ioredis(port) {
    const client = new Redis({ port, host: '127.0.0.1', ...USER });
    await client.ping();
    return { client, close: () => client.disconnect() };
  },
  async 'node-redis'(port) {
    const client = createClient({ socket: { port, host: '127.0.0.1' }, ...USER });
    client.on('error', () => undefined);
    await client.connect();
    return { client, close: () => client.destroy() };
  },
};

describe.each(Object.entries(CLIENTS))('a user who may do what the documentation says, over %s', (_, connect) => {
  let [client, close]: [RedisClient, () => void] = [undefined as never, () => undefined]; // Until they are connected.
  beforeAll(async () => {
    await redis.over('ioredis').command('ACL', ...rule.split(' '));
    ({ client, close } = await connect(redis.server.port));
  });
  afterAll(() => close());

  it.each(contractSuite((clock) => redisStore(client, { clock, prefix: `headgate:${prefixes++}:` })))(
    '$name',
    async ({ run }) => {
      await expect(run()).resolves.toBeUndefined();
    },
  );

  it('is enough for memos, and after SCRIPT FLUSH; of other keys nothing can be had', async () => {
    const [store, elsewhere] = [redisStore(client), redisStore(client, { prefix: 'other:' })];
    const program = programOf({ kind: 'sliding', amount: 9, windowMs: 60_000 });
    const one = { op: 'decide', program, keys: ['k'], costs: [1] } as const;
    expect([await store.memos.put('n', 'text', 1000, DEADLINE_MS), await store.memos.take('n', DEADLINE_MS)]).toEqual([
      undefined,
      'text',
    ]);
    await redis.over('ioredis').command('SCRIPT', 'FLUSH');
    expect((await store.apply(one, DEADLINE_MS)).allowed).toBe(true);
    // What a script may not do, the engine does: so it is told which of them did.
    expect(store.stats()).toMatchObject({ byScript: 1, byEngine: 0 });
    await expect(elsewhere.apply(one, DEADLINE_MS)).rejects.toMatchObject({ code: 'ERR_STORE' });
    for (const each of [store, elsewhere]) await each.close();
  });
});

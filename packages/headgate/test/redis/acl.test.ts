import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { describe, expect, it } from 'vitest';
import { redisStore, type RedisClient } from '../../src/stores/redis/index.ts';
import { programOf } from '../../src/testing/index.ts';
import { OwnRedis } from './set-up.ts';

const redis = new OwnRedis();
const USER = { username: 'headgate', password: 'secret' };
const DEADLINE_MS = 5000;

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
  it('is enough for rates, levels and permits; of other keys nothing can be had', async () => {
    await redis.over('ioredis').command('ACL', ...rule.split(' '));
    const { client, close } = await connect(redis.server.port);
    const store = redisStore(client);
    const program = programOf(
      { kind: 'fixed', amount: 9, windowMs: 60_000 },
      { kind: 'level', amount: 9 },
      { kind: 'concurrency', amount: 9, holdMs: 1000 },
    );
    const rate = programOf({ kind: 'sliding', amount: 9, windowMs: 60_000, limitId: 9 });
    const all = { op: 'decide', program, keys: ['k'], costs: [1, 1, 1], reservationId: 'r' } as const;
    expect((await store.apply(all, DEADLINE_MS)).allowed).toBe(true);
    expect((await store.apply({ ...all, op: 'settle' }, DEADLINE_MS)).status).toBe('ok');
    const one = { op: 'decide', program: rate, keys: ['one'], costs: [1] } as const;
    expect((await store.apply(one, DEADLINE_MS)).allowed).toBe(true);
    expect([await store.memos.put('n', 'text', 1000, DEADLINE_MS), await store.memos.take('n', DEADLINE_MS)]).toEqual([
      undefined,
      'text',
    ]);
    await redis.over('ioredis').command('SCRIPT', 'FLUSH');
    expect((await store.apply(one, DEADLINE_MS)).allowed).toBe(true);
    const elsewhere = redisStore(client, { prefix: 'other:' });
    // What a script may not do, the engine does: so it is told which of them did.
    expect(store.stats()).toMatchObject({ byScript: 2, byEngine: 2 });
    await expect(elsewhere.apply(one, DEADLINE_MS)).rejects.toMatchObject({ code: 'ERR_STORE' });
    await store.close();
    await elsewhere.close();
    close();
    await redis.over('ioredis').command('FLUSHALL');
  });
});

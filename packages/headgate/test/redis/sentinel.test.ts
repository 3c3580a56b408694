import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { createSentinel } from 'redis';
import { afterEach, describe, expect, it } from 'vitest';
import { redisStore, type RedisStore } from '../../src/stores/redis/index.ts';
import { programOf } from '../../src/testing/index.ts';
import { CLIENTS, type Connected } from './clients.ts';
import { freePort, RedisServer, startRedis, until } from './server.ts';

const HOST = '127.0.0.1';
const DEADLINE_MS = 200;
/** How long a Sentinel may take to see that a primary is gone, and to make another. In ms. */
const FAILOVER_MS = 15_000;
const N = 40;
const RATE = programOf({ kind: 'fixed', amount: N, windowMs: 600_000 });

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).toReversed()) await end();
});

interface World {
  readonly primary: RedisServer;
  readonly replica: RedisServer;
  readonly sentinel: RedisServer;
}

/** A primary, a replica that follows it, and a Sentinel whose word is enough. */
async function world(): Promise<World> {
  const primary = await startRedis('--repl-diskless-sync-delay', '0');
  ended.push(() => primary[Symbol.asyncDispose]());
  const replica = await startRedis('--replicaof', HOST, String(primary.port));
  ended.push(() => replica[Symbol.asyncDispose]());
  const operator = await CLIENTS['ioredis']!(replica.port);
  ended.push(operator.close);
  await until('a replica that follows', async () =>
    String(await operator.command('INFO', 'replication')).includes('master_link_status:up'),
  );
  const sentinel = new RedisServer(await freePort(), []);
  const file = join(sentinel.folder, 'sentinel.conf');
  const lines = [`monitor p ${HOST} ${primary.port} 1`, 'down-after-milliseconds p 500', 'failover-timeout p 5000'];
  writeFileSync(file, lines.map((line) => `sentinel ${line}\n`).join(''));
  ended.push(() => sentinel[Symbol.asyncDispose]());
  await sentinel.start(file, '--sentinel');
  const asked = await CLIENTS['ioredis']!(sentinel.port);
  ended.push(asked.close);
  await until('a Sentinel that knows the replica', async () =>
    String(await asked.command('SENTINEL', 'replicas', 'p')).includes(String(replica.port)),
  );
  return { primary, replica, sentinel };
}

const SENTINEL_CLIENTS: Readonly<Record<string, (port: number) => Promise<Pick<Connected, 'client' | 'close'>>>> = {
  async ioredis(port) {
    const client = new Redis({
      sentinels: [{ host: HOST, port }],
      name: 'p',
      failoverDetector: true,
      sentinelRetryStrategy: () => 50,
      retryStrategy: () => 50,
    });
    client.on('error', () => undefined);
    await until('a primary', () => client.status === 'ready');
    return { client, close: () => client.disconnect() };
  },
  async 'node-redis'(port) {
    const client = createSentinel({ name: 'p', sentinelRootNodes: [{ host: HOST, port }], scanInterval: 200 });
    client.on('error', () => undefined);
    await client.connect();
    return { client, close: () => client.destroy() };
  },
};

/** Whether it was let in; undefined for a fault. */
const letsIn = (store: RedisStore): Promise<boolean | undefined> =>
  store.apply({ op: 'decide', program: RATE, keys: ['k'], costs: [1] }, DEADLINE_MS).then(
    ({ allowed }) => allowed,
    () => undefined,
  );

async function allIn(store: RedisStore): Promise<number> {
  let admitted = 0;
  for (let said = await letsIn(store); said !== false; said = await letsIn(store)) if (said === true) admitted++;
  return admitted;
}

describe.each(Object.keys(SENTINEL_CLIENTS))('by a Sentinel, over %s', (name) => {
  it('a primary that freezes is followed by its replica, twice the amount is let in at most, and it opens nothing when it wakes', async () => {
    const { primary, sentinel } = await world();
    const { client, close } = await SENTINEL_CLIENTS[name]!(sentinel.port);
    const store = redisStore(client);
    ended.push(close, () => store.close());
    await until('the first answer', async () => (await letsIn(store)) === true);
    let admitted = 1 + (await allIn(store));
    expect(admitted).toBeLessThanOrEqual(N);
    primary.signal('SIGSTOP');
    ended.push(() => primary.signal('SIGCONT'));
    expect(await letsIn(store)).toBe(undefined);
    await until(
      'an answer by the replica',
      async () => {
        const said = await letsIn(store);
        if (said === true) admitted++;
        return said !== undefined;
      },
      FAILOVER_MS,
    );
    admitted += await allIn(store);
    expect(admitted).toBeLessThanOrEqual(2 * N);
    primary.signal('SIGCONT');
    for (let i = 0; i < N; i++) expect(await letsIn(store)).not.toBe(true);
  });
});

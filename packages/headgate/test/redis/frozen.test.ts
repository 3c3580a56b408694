import { createCluster } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisStore, type RedisStore } from '../../src/stores/redis/index.ts';
import { programOf } from '../../src/testing/index.ts';
import { CLUSTER_CLIENTS, startCluster, stopCluster, type OwnCluster } from './cluster.ts';
import { until, type RedisServer } from './server.ts';

const RATE = programOf({ kind: 'fixed', amount: 1_000_000, windowMs: 600_000 });
const KEYS = Array.from({ length: 300 }, (_, i) => `k${i}`);
/** How often all of them are asked for: a third of that is too much to be under way to a whole cluster. */
const ROUNDS = 15;
/** Of those who wait for nobody, and for as long as a busy machine may need. In ms. */
const [SHORT_MS, LONG_MS] = [20, 20_000];

let cluster: OwnCluster;
beforeAll(async () => void (cluster = await startCluster()));
afterAll(() => stopCluster(cluster));

const ports = (): number[] => cluster.servers.map(({ port }) => port);

/** Who is let in; undefined for a fault. */
const ask = (store: RedisStore, keys: readonly string[], deadlineMs: number): Promise<(boolean | undefined)[]> =>
  Promise.all(
    keys.map((key) =>
      store.apply({ op: 'decide', program: RATE, keys: [key], costs: [1] }, deadlineMs).then(
        ({ allowed }) => allowed,
        () => undefined,
      ),
    ),
  );

/** Nobody is to take its place meanwhile. */
async function whileFrozen(server: RedisServer, act: () => Promise<void>): Promise<void> {
  const wait = (ms: string) =>
    Promise.all(cluster.operators.map(({ command }) => command('CONFIG', 'SET', 'cluster-node-timeout', ms)));
  await wait('600000');
  server.signal('SIGSTOP');
  await act().finally(() => server.signal('SIGCONT'));
  await wait('10000');
}

describe.each(Object.keys(CLUSTER_CLIENTS))('when a primary is frozen, by %s', (name) => {
  it('what the others keep is decided as ever, however much is asked of it', async () => {
    const { client, close } = await CLUSTER_CLIENTS[name]!(ports());
    const store = redisStore(client, { prefix: `${name}:` });
    expect(await ask(store, KEYS, LONG_MS)).not.toContain(undefined);
    const elsewhere = new Set<string>();
    await whileFrozen(cluster.servers[0]!, async () => {
      for (let i = 0; i < ROUNDS || elsewhere.size === 0; i++) {
        const said = await ask(store, KEYS, SHORT_MS);
        for (const [k, key] of KEYS.entries()) if (said[k] !== undefined) elsewhere.add(key);
      }
      expect(await ask(store, [...elsewhere], LONG_MS)).not.toContain(undefined);
    });
    expect(elsewhere.size).toBeLessThan(KEYS.length);
    expect(await ask(store, KEYS, LONG_MS)).not.toContain(undefined);
    await store.close();
    close();
  });
});

/** As docs/redis.md says it is to be set. */
async function noticing(): Promise<Awaited<ReturnType<(typeof CLUSTER_CLIENTS)[string]>>['client']> {
  const client = createCluster({
    rootNodes: ports().map((port) => ({ socket: { port, host: '127.0.0.1' } })),
    topologyRefreshOnReconnectionAttemptStrategy: 300,
    defaults: { socket: { socketTimeout: 1000, reconnectStrategy: () => 200 } },
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

describe('when a primary is frozen for good', () => {
  it('its replica is asked, though callers go on asking, by a node-redis that is set to notice', async () => {
    const client = await noticing();
    const store = redisStore(client, { prefix: 'taken over:' });
    // So few that there is room for all of them for long: the client must find out.
    const few = KEYS.slice(0, 20);
    expect(await ask(store, few, LONG_MS)).not.toContain(undefined);
    for (const { command } of cluster.operators) await command('CONFIG', 'SET', 'cluster-node-timeout', '1000');
    cluster.servers[1]!.signal('SIGSTOP');
    const said = await ask(store, few, 400);
    const missing = few.filter((_, i) => said[i] === undefined);
    await until('an answer by the replica', async () => !(await ask(store, missing, 400)).includes(undefined), 15_000);
    await store.close();
    (client as { destroy?: () => void }).destroy?.();
  });
});

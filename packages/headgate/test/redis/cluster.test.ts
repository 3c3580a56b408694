import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leaseStore } from '../../src/stores/leased/index.ts';
import { redisStore, type RedisStore } from '../../src/stores/redis/index.ts';
import { contractSuite, programOf } from '../../src/testing/index.ts';
import type { Connected } from './clients.ts';
import { CLUSTER_CLIENTS, startCluster, stopCluster, type OwnCluster } from './cluster.ts';
import { expectLifetimes } from './keyspace.ts';

const DEADLINE_MS = 5000;
const N = 20;

let cluster: OwnCluster;
const connected = new Map<string, Connected>();
const stores: RedisStore[] = [];
let prefixes = 0;

beforeAll(async () => {
  cluster = await startCluster();
  for (const [name, connect] of Object.entries(CLUSTER_CLIENTS))
    connected.set(name, await connect(cluster.servers.map(({ port }) => port)));
});

afterAll(async () => {
  for (const store of stores) await store.close();
  for (const operator of cluster.operators.slice(0, 3)) await expectLifetimes(operator);
  for (const { close } of connected.values()) close();
  await stopCluster(cluster);
});

function storeOver(name: string, options: Parameters<typeof redisStore>[1] = {}): RedisStore {
  const store = redisStore(connected.get(name)!.client, { prefix: `c${prefixes++}:`, ...options });
  stores.push(store);
  return store;
}

describe.each(Object.keys(CLUSTER_CLIENTS))('a redis store over a cluster of six, by %s', (name) => {
  it.each(contractSuite((clock) => storeOver(name, { clock })))('$name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });

  it('never lets in more than fits in any of several homes, and gives back what another refused', async () => {
    const store = storeOver(name);
    const program = programOf(
      { kind: 'fixed', amount: N, windowMs: 60_000 },
      { kind: 'level', amount: 2 * N, record: 1 },
      { kind: 'bucket', amount: 100 * N, windowMs: 86_400_000, record: 2 },
    );
    const keys = ['a', 'b', 'c'];
    const ask = () => store.apply({ op: 'decide', program, keys, costs: [1, 1, 1] }, DEADLINE_MS);
    const answers = await Promise.all(Array.from({ length: 3 * N }, ask));
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(N);
    const { figures } = await store.apply({ op: 'peek', program, keys, costs: [0, 0, 0] }, DEADLINE_MS);
    expect([figures[0], figures[2]]).toEqual([0, N]);
    // Of a bucket, what flowed in between the charge and its return may have been the charge's own.
    expect(figures[4]).toBeGreaterThanOrEqual(99 * N - 1);
    expect(figures[4]).toBeLessThanOrEqual(99 * N);
  });

  it('leases limits of several homes to several processes, and what nobody spends comes back to each', async () => {
    const prefix = `leased ${name}:`;
    const program = programOf(
      { kind: 'fixed', amount: 1000, windowMs: 3_600_000 },
      { kind: 'sliding', amount: 2000, windowMs: 3_600_000, record: 1 },
    );
    const step = { op: 'decide', program, keys: ['a', 'b'], costs: [1, 1] } as const;
    const leased = [leaseStore(storeOver(name, { prefix })), leaseStore(storeOver(name, { prefix }))];
    for (let i = 0; i < 400; i++) {
      expect((await leased[i % 2]!.apply(step, DEADLINE_MS)).allowed).toBe(true);
      await turn();
    }
    for (const store of leased) await store.close();
    const { figures } = await storeOver(name, { prefix }).apply({ ...step, op: 'peek', costs: [0, 0] }, DEADLINE_MS);
    const lost = leased.reduce((sum, store) => sum + store.stats().lost, 0);
    expect(leased.every((store) => store.stats().local > 20)).toBe(true);
    for (const [left, amount] of [
      [figures[0]!, 1000],
      [figures[2]!, 2000],
    ] as const) {
      expect(left).toBeLessThanOrEqual(amount - 400);
      expect(left).toBeGreaterThanOrEqual(amount - 400 - lost);
    }
  });

  it('finds every record whatever anybody calls himself', async () => {
    const store = storeOver(name);
    const program = programOf({ kind: 'level', amount: 9 }, { kind: 'fixed', amount: 9, windowMs: 60_000, record: 1 });
    for (const key of ['}', '{}', '{', '}{a}', '{a}', 'a\0b', '\ud800', '']) {
      const keys = [key, key];
      const out = await store.apply({ op: 'decide', program, keys, costs: [2, 2] }, DEADLINE_MS);
      expect([out.allowed, out.figures[0], out.figures[2]]).toEqual([true, 7, 7]);
    }
  });
});

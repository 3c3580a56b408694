import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisStore, type RedisStore } from '../../src/stores/redis/index.ts';
import { programOf } from '../../src/testing/index.ts';
import type { Program } from '../../src/core/index.ts';
import { CLUSTER_CLIENTS, startCluster, stopCluster, type OwnCluster } from './cluster.ts';
import { until } from './server.ts';

const DEADLINE_MS = 250;
const N = 40;
const RATE = programOf({ kind: 'fixed', amount: N, windowMs: 600_000 });
const LEVEL = programOf({ kind: 'level', amount: N, limitId: 2 });

let cluster: OwnCluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => stopCluster(cluster));

async function storeOver(client: string): Promise<{ readonly store: RedisStore; readonly close: () => void }> {
  const ports = cluster.servers.map(({ port }) => port);
  const { client: connected, close } = await CLUSTER_CLIENTS[client]!(ports);
  return { store: redisStore(connected, { prefix: `${client}:` }), close };
}

const letsIn = (store: RedisStore, program: Program, key: string): Promise<boolean | undefined> =>
  store.apply({ op: 'decide', program, keys: [key], costs: [1] }, DEADLINE_MS).then(
    ({ allowed }) => allowed,
    () => undefined,
  );

/** The slot that a key has been given, and who has it: the first three are the primaries. */
async function homeOf(
  prefix: string,
): Promise<{ readonly key: string; readonly slot: string; readonly owner: number }> {
  for (const [owner, { command }] of cluster.operators.slice(0, 3).entries()) {
    const [key] = (await command('KEYS', `${prefix}*`)) as string[];
    if (key !== undefined) return { key, slot: String(await command('CLUSTER', 'KEYSLOT', key)), owner };
  }
  throw new Error(`${prefix}: expected a key`);
}

/** Moves a slot with its keys, as an operator does: it is on its way for a while. */
async function reshard({ slot, owner }: Awaited<ReturnType<typeof homeOf>>): Promise<void> {
  const [from, to] = [cluster.operators[owner]!, cluster.operators[(owner + 1) % 3]!];
  const [fromId, toId] = [String(await from.command('CLUSTER', 'MYID')), String(await to.command('CLUSTER', 'MYID'))];
  await to.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId);
  await from.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId);
  await sleep(20);
  const keys = (await from.command('CLUSTER', 'GETKEYSINSLOT', slot, '100')) as string[];
  const port = String(cluster.servers[(owner + 1) % 3]!.port);
  if (keys.length > 0) await from.command('MIGRATE', '127.0.0.1', port, '', '0', '1000', 'KEYS', ...keys);
  await sleep(20);
  for (const { command } of [to, from]) await command('CLUSTER', 'SETSLOT', slot, 'NODE', toId);
}

describe.each(Object.keys(CLUSTER_CLIENTS))('a store over a cluster, by %s', (client) => {
  it.each([
    ['a rate', RATE],
    ['a level', LEVEL],
  ])('%s is counted to the unit while its slot moves to another node', async (name, program) => {
    const { store, close } = await storeOver(client);
    const key = `moving ${name}`;
    await until('the first answer', async () => (await letsIn(store, program, key)) === true);
    const home = await homeOf(`${client}:`);
    let [admitted, faults, refused] = [1, 0, 0];
    const moved = reshard(home);
    await until('more refusals than faults', async () => {
      const said = await Promise.all(Array.from({ length: 4 }, () => letsIn(store, program, key)));
      for (const one of said) if (one === true) admitted++;
      for (const one of said) if (one === undefined) faults++;
      for (const one of said) if (one === false) refused++;
      return refused > 3 * N;
    });
    await moved;
    expect(admitted).toBeLessThanOrEqual(N);
    expect(admitted + faults).toBeGreaterThanOrEqual(N);
    await store.close();
    close();
  });
});

describe('when a primary dies', () => {
  it('its replica takes over, and no more than twice the amount is let in', async () => {
    const { store, close } = await storeOver('ioredis');
    const key = 'failing over';
    await until('the first answer', async () => (await letsIn(store, RATE, key)) === true);
    let admitted = 1;
    while ((await letsIn(store, RATE, key)) === true) admitted++;
    const [, owner] = await Promise.all([sleep(100), ownerOf(key)]);
    await cluster.servers[owner]!.kill();
    await until('an answer by the replica', async () => {
      const said = await letsIn(store, RATE, key);
      if (said === true) admitted++;
      return said !== undefined;
    });
    while ((await letsIn(store, RATE, key)) === true) admitted++;
    expect(admitted).toBeGreaterThanOrEqual(N);
    expect(admitted).toBeLessThanOrEqual(2 * N);
    await store.close();
    close();
  });
});

async function ownerOf(text: string): Promise<number> {
  for (const [owner, { command }] of cluster.operators.slice(0, 3).entries())
    if (((await command('KEYS', `*${text}`)) as string[]).length > 0) return owner;
  throw new Error(`${text}: expected a key`);
}

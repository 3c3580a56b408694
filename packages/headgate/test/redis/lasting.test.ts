import { afterEach, describe, expect, it } from 'vitest';
import type { Program } from '../../src/core/index.ts';
import { redisStore, type RedisStore } from '../../src/stores/redis/index.ts';
import { manualClock, programOf } from '../../src/testing/index.ts';
import { CLIENTS, type Connected } from './clients.ts';
import { expectLifetimes } from './keyspace.ts';
import { startRedis, until, type RedisServer } from './server.ts';

const DEADLINE_MS = 500;
const N = 2000;
const HOUR_MS = 3_600_000;
const WINDOW_MS = 60_000;
const KEYS = 12_000;

const PROGRAMS: Readonly<Record<string, Program>> = {
  'a rate': programOf({ kind: 'sliding', amount: N, windowMs: WINDOW_MS }),
  'a level': programOf({ kind: 'level', amount: N, limitId: 2 }),
};

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).toReversed()) await end();
});

async function world(
  ...options: readonly string[]
): Promise<{ server: RedisServer; store: RedisStore; connected: Connected }> {
  const server = await startRedis(...options);
  const connected = await CLIENTS['ioredis']!(server.port);
  const store = redisStore(connected.client);
  ended.push(
    () => server[Symbol.asyncDispose](),
    connected.close,
    () => store.close(),
  );
  return { server, store, connected };
}

/** Whether it was let in; undefined for a fault. */
const letsIn = (store: RedisStore, program: Program, key = 'k'): Promise<boolean | undefined> =>
  store.apply({ op: 'decide', program, keys: [key], costs: [1] }, DEADLINE_MS).then(
    ({ allowed }) => allowed,
    () => undefined,
  );

describe.each(Object.entries(PROGRAMS))('%s', (_, program) => {
  it('is not exceeded by a Redis that is killed in the middle of scripts, where it writes all it does to a file first', async () => {
    const { server, store } = await world('--appendonly', 'yes', '--appendfsync', 'always');
    let [admitted, faults, refused] = [0, 0, 0];
    const load = async (isOver: () => boolean): Promise<void> => {
      while (!isOver()) {
        const said = await letsIn(store, program);
        if (said === true) admitted++;
        if (said === false) refused++;
        if (said === undefined) faults++;
      }
    };
    for (let kill = 0; kill < 3; kill++) {
      let isDown = false;
      const callers = Array.from({ length: 32 }, () => load(() => isDown));
      const enough = admitted + 100;
      await until('some load', () => admitted >= enough);
      await server.kill();
      isDown = true;
      await Promise.all(callers);
      await server.start();
      await until('an answer', async () => (await letsIn(store, program, 'other')) !== undefined);
    }
    await Promise.all(Array.from({ length: 32 }, () => load(() => refused > 0)));
    expect(admitted).toBeLessThanOrEqual(N);
    // Who was told nothing may have been charged: no more than that is missing.
    expect(admitted).toBeGreaterThanOrEqual(N - faults - 32);
  });
});

describe('Redis’s clock', () => {
  it('set back by an hour opens nothing, and delays by one window at most', async () => {
    const { store, connected } = await world();
    const ahead = manualClock({ monotonicMs: Date.now() + HOUR_MS });
    const before = redisStore(connected.client, { clock: ahead });
    ended.push(() => before.close());
    for (const [i, kind] of (['fixed', 'sliding', 'bucket', 'gap'] as const).entries()) {
      const program = programOf({ kind, amount: 3, windowMs: WINDOW_MS, limitId: 10 + i });
      for (let n = 0; n < 4; n++) await letsIn(before, program, kind);
      const { allowed, retryAfterMs } = await store.apply(
        { op: 'decide', program, keys: [kind], costs: [1] },
        DEADLINE_MS,
      );
      expect([kind, allowed]).toEqual([kind, false]);
      expect(retryAfterMs).toBeLessThanOrEqual(WINDOW_MS + WINDOW_MS / 8);
    }
    await expectLifetimes(connected);
  });

  it('set forward by an hour ends windows, and admits at most one amount more', async () => {
    const { store, connected } = await world();
    const program = programOf({ kind: 'fixed', amount: 3, windowMs: WINDOW_MS });
    const ahead = redisStore(connected.client, { clock: manualClock({ monotonicMs: Date.now() + HOUR_MS }) });
    ended.push(() => ahead.close());
    let admitted = 0;
    for (const one of [store, ahead]) for (let i = 0; i < 5; i++) if ((await letsIn(one, program)) === true) admitted++;
    expect(admitted).toBe(6);
  });
});

describe('a Redis that evicts', () => {
  it('goes on, and each record that it evicts is one fresh allowance', async () => {
    const { store, connected } = await world('--maxmemory', '4mb', '--maxmemory-policy', 'allkeys-random');
    const program = programOf({ kind: 'sliding', amount: 2, windowMs: WINDOW_MS });
    let [admitted, answered] = [0, 0];
    const keys = Array.from({ length: 2 * KEYS }, (_, i) => `key ${i % KEYS}`);
    for (let at = 0; at < keys.length; at += 500) {
      const said = await Promise.all(keys.slice(at, at + 500).map((key) => letsIn(store, program, key)));
      answered += said.filter((one) => one !== undefined).length;
      admitted += said.filter((one) => one === true).length;
    }
    const evicted = Number(/evicted_keys:(\d+)/.exec(String(await connected.command('INFO', 'stats')))?.[1]);
    expect(evicted).toBeGreaterThan(0);
    // One that cannot make room in time says so, and charges nothing.
    expect(answered).toBeGreaterThan(KEYS);
    expect(admitted).toBeLessThanOrEqual(2 * (KEYS + evicted));
  });
});

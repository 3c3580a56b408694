import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { Outcome, Program } from '../../src/core/index.ts';
import { redisStore, type RedisStore } from '../../src/stores/redis/index.ts';
import { manualClock, programOf } from '../../src/testing/index.ts';
import { CLIENTS, type Connected } from './clients.ts';
import { expectLifetimes } from './keyspace.ts';
import { LASTING, N as LASTING_N, WINDOW_MS as LASTING_WINDOW_MS } from './limits.ts';
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

/** How many are let in before somebody is not. */
async function allIn(store: RedisStore, program: Program): Promise<number> {
  let admitted = 0;
  const ask = (i: number): Promise<Outcome> =>
    store.apply(
      { op: 'decide', program, keys: ['k'], costs: program.checks.map(() => 1), reservationId: `${admitted} ${i}` },
      10 * DEADLINE_MS,
    );
  for (;;) {
    const said = await Promise.all(Array.from({ length: 50 }, (_, i) => ask(i)));
    admitted += said.filter(({ allowed }) => allowed).length;
    if (said.some(({ allowed }) => !allowed)) return admitted;
  }
}

/** Of what waits longer than a window: a slice more, its own rate, or for a period that has no end. */
const LONGEST_WAITS_MS: Readonly<Record<string, number>> = {
  sliding: LASTING_WINDOW_MS * (1 + 1 / 8),
  bucket: (1000 * LASTING_WINDOW_MS) / LASTING_N,
  quota: Infinity,
};
/** What an hour gives nothing back of. */
const ENDLESS: ReadonlySet<string> = new Set(['level', 'quota']);

describe.each(Object.entries(LASTING))('of a %s', (kind, program) => {
  it('whoever is killed leaves what he charged to all others, to the unit', async () => {
    const { server, store } = await world();
    const words = [fileURLToPath(new URL('worker.ts', import.meta.url)), 'ioredis', String(server.port), kind];
    const worker = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    ended.push(() => worker.kill('SIGKILL'));
    let told = 0;
    worker.stdout.on('data', (letters: Buffer) => (told += letters.length));
    const end = once(worker, 'close');
    await until('some load', () => told > LASTING_N / 10);
    worker.kill('SIGKILL');
    expect(await end).toEqual([null, 'SIGKILL']);
    const admitted = told + (await allIn(store, program));
    // What it was about to tell was charged all the same.
    expect(admitted).toBeGreaterThanOrEqual(LASTING_N - 1);
    expect(admitted).toBeLessThanOrEqual(LASTING_N);
  });

  it('a Redis that comes back empty admits all of it at most once more', async () => {
    const { server, store } = await world();
    expect(await allIn(store, program)).toBe(LASTING_N);
    await server.kill();
    await server.start();
    await until('an answer', async () => (await letsIn(store, PROGRAMS['a rate']!, 'other')) !== undefined);
    expect(await allIn(store, program)).toBe(LASTING_N);
  });

  it('Redis’s clock, set back by an hour, opens nothing, and delays by one window at most', async () => {
    const { store, connected } = await world();
    const before = redisStore(connected.client, { clock: manualClock({ monotonicMs: Date.now() + HOUR_MS }) });
    ended.push(() => before.close());
    expect(await allIn(before, program)).toBe(LASTING_N);
    const step = {
      op: 'decide',
      program,
      keys: ['k'],
      costs: program.checks.map(() => 1),
      reservationId: 'r',
    } as const;
    const { allowed, retryAfterMs } = await store.apply(step, DEADLINE_MS);
    expect(allowed).toBe(false);
    expect(retryAfterMs).toBeLessThanOrEqual(LONGEST_WAITS_MS[kind] ?? LASTING_WINDOW_MS);
    await expectLifetimes(connected);
  });

  it('Redis’s clock, set forward by an hour, ends windows, and admits all of it at most once more', async () => {
    const { store, connected } = await world();
    const ahead = redisStore(connected.client, { clock: manualClock({ monotonicMs: Date.now() + HOUR_MS }) });
    ended.push(() => ahead.close());
    expect(await allIn(store, program)).toBe(LASTING_N);
    expect(await allIn(ahead, program)).toBeLessThanOrEqual(ENDLESS.has(kind) ? 0 : LASTING_N);
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

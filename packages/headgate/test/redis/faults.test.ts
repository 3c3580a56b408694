import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import type { Outcome, Program } from '../../src/core/index.ts';
import { redisStore, type RedisStore } from '../../src/stores/redis/index.ts';
import { programOf } from '../../src/testing/index.ts';
import { CLIENTS, type Connected } from './clients.ts';
import { expectLifetimes } from './keyspace.ts';
import { Proxy } from './proxy.ts';
import { startRedis, until, type RedisServer } from './server.ts';

/** What a caller waits for at most, and what a busy machine may add to a timer. In ms. */
const DEADLINE_MS = 200;
const SLACK_MS = 2000;
/** A deadline, and how long Redis is frozen beyond it: more than what an answer may be under way. In ms. */
const SOON_MS = 40;
/** How soon all is well again. */
const RECOVERY_MS = 2000;
const N = 20;

const MINUTE = { amount: N, windowMs: 60_000 } as const;
/** What scripts decide, and what the engine does. */
const PROGRAMS = {
  'a rate': programOf({ kind: 'fixed', ...MINUTE }),
  'a level': programOf({ kind: 'level', amount: N, limitId: 2 }),
};

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).toReversed()) await end();
});

interface World {
  readonly server: RedisServer;
  readonly proxy: Proxy;
  readonly store: RedisStore;
  readonly operator: Connected;
}

async function world(client: string, ...options: readonly string[]): Promise<World> {
  const server = await startRedis(...options);
  ended.push(() => server[Symbol.asyncDispose]());
  const proxy = new Proxy(server.port);
  const connected = await CLIENTS[client]!(await proxy.listen());
  const operator = await CLIENTS['ioredis']!(server.port);
  const store = redisStore(connected.client);
  ended.push(
    () => proxy.close(),
    connected.close,
    operator.close,
    () => store.close(),
  );
  // The first answers of a process take longer than all later ones.
  for (const program of Object.values(PROGRAMS)) await recovers(store, program);
  return { server, proxy, store, operator };
}

const decide = (store: RedisStore, program: Program, more: object = {}): Promise<Outcome> =>
  store.apply({ op: 'decide', program, keys: ['k'], costs: [1], ...more }, DEADLINE_MS);

/** Whether it was let in; the code of the fault otherwise. Claims that it was answered by its deadline. */
async function asked(store: RedisStore, program: Program, more: object = {}): Promise<boolean | string> {
  const beganAtMs = performance.now();
  const said = await decide(store, program, more).then(
    ({ allowed }) => allowed,
    (fault: { code?: string; message: string }) => fault.code ?? fault.message,
  );
  expect(performance.now() - beganAtMs).toBeLessThan(DEADLINE_MS + SLACK_MS);
  return said;
}

async function recovers(store: RedisStore, program: Program): Promise<void> {
  await until(
    'an answer',
    async () => typeof (await asked(store, program, { keys: ['other'] })) === 'boolean',
    RECOVERY_MS,
  );
}

/** What is known to be let in, and of what no answer came in time: nobody knows whether that was charged. */
class Tally {
  sure = 0;
  unsure = 0;
  readonly #ask: () => Promise<boolean | string>;

  constructor(store: RedisStore, program: Program) {
    this.#ask = () => asked(store, program);
  }

  /** Asks so many times, all at once. */
  async ask(times: number): Promise<void> {
    for (const said of await Promise.all(Array.from({ length: times }, this.#ask)))
      if (typeof said === 'string') this.unsure++;
      else if (said) this.sure++;
  }

  /** Asks for more than there is. Answers, of what it may have come to in all, the number nearest to this one. */
  async total(nearest: number): Promise<number> {
    await this.ask(3 * N);
    return Math.min(Math.max(nearest, this.sure), this.sure + this.unsure);
  }
}

/** Two thousand at once, none of which waits for long. */
async function manyRefused(store: RedisStore, program: Program): Promise<void> {
  const ask = (i: number): Promise<Outcome> => store.apply({ op: 'decide', program, keys: [`k${i}`], costs: [1] }, 10);
  const said = await Promise.allSettled(Array.from({ length: 2000 }, (_, i) => ask(i)));
  expect(said.every(({ status }) => status === 'rejected')).toBe(true);
}

/** What is reachable, in bytes. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void; // As the flag says.
  collect();
  return process.memoryUsage().heapUsed;
}

describe.each(Object.keys(CLIENTS))('over %s', (client) => {
  describe.each(Object.entries(PROGRAMS))('%s', (_, program) => {
    it('is refused by its deadline while Redis is frozen, and what was refused is not charged when it wakes', async () => {
      const { server, store } = await world(client);
      const tally = new Tally(store, program);
      await tally.ask(5);
      server.signal('SIGSTOP');
      for (let i = 0; i < 6; i++)
        expect(await Promise.all(Array.from({ length: 50 }, () => asked(store, program)))).not.toContain(true);
      expect(store.stats()).toMatchObject({ waiting: 0 });
      expect(store.stats().unanswered).toBeLessThanOrEqual(32);
      // Whoever sent the last of it waits for it no more.
      await sleep(DEADLINE_MS);
      server.signal('SIGCONT');
      await recovers(store, program);
      expect(await tally.total(N)).toBe(N);
    });

    it('is not charged by a Redis that wakes soon after the deadline', async () => {
      const { server, store } = await world(client);
      const step = { op: 'decide', program, keys: ['k'], costs: [1] } as const;
      const tally = new Tally(store, program);
      await tally.ask(5);
      server.signal('SIGSTOP');
      await expect(store.apply(step, SOON_MS)).rejects.toMatchObject({ code: 'ERR_STORE' });
      await sleep(SOON_MS);
      server.signal('SIGCONT');
      await recovers(store, program);
      expect(await tally.total(N)).toBe(N);
    });

    it('leaves nothing behind of what was refused while Redis was frozen, however much that was', async () => {
      const { server, store } = await world(client);
      server.signal('SIGSTOP');
      await manyRefused(store, program);
      const before = heapBytes();
      for (let i = 0; i < 10; i++) await manyRefused(store, program);
      expect(heapBytes() - before).toBeLessThan(4 * 2 ** 20);
      server.signal('SIGCONT');
      await recovers(store, program);
    });

    it('is refused by its deadline while nothing comes back, and goes on when the wire is whole', async () => {
      const { proxy, store } = await world(client);
      const tally = new Tally(store, program);
      await tally.ask(5);
      proxy.answered = 'swallow';
      expect(await asked(store, program)).toBe('ERR_STORE');
      tally.unsure++; // It may have been charged: at most once.
      proxy.answered = 'pass';
      proxy.cut();
      await recovers(store, program);
      expect(await tally.total(N)).toBe(N);
    });

    it('is charged once for one request id, though the first answer was lost', async () => {
      const { proxy, store } = await world(client);
      await until('an answer', async () => (await asked(store, program, { requestId: 'warm' })) === true);
      proxy.answered = 'swallow';
      expect(await asked(store, program, { requestId: 'r' })).toBe('ERR_STORE');
      proxy.answered = 'pass';
      proxy.cut();
      await recovers(store, program);
      await until('an answer', async () => (await asked(store, program, { requestId: 'r' })) === true);
      expect(await new Tally(store, program).total(N - 2)).toBe(N - 2);
    });

    it('is refused while Redis is gone, and admits at most N more once it is back empty', async () => {
      const { server, store, operator } = await world(client);
      expect(await new Tally(store, program).total(N)).toBe(N);
      await server.kill();
      expect(await asked(store, program)).toBe('ERR_STORE');
      await server.start();
      await recovers(store, program);
      const tally = new Tally(store, program);
      tally.unsure++; // It is back before that deadline, and a client may send again what had no answer.
      expect(await tally.total(N)).toBe(N);
      expect(await expectLifetimes(operator)).toBeGreaterThan(0);
    });

    it('does not notice that scripts are flushed; FLUSHALL is a fresh allowance', async () => {
      const { store, operator } = await world(client);
      const tally = new Tally(store, program);
      await tally.ask(5);
      await operator.command('SCRIPT', 'FLUSH');
      expect(await tally.total(N)).toBe(N);
      await operator.command('FLUSHALL');
      expect(await new Tally(store, program).total(N)).toBe(N);
    });

    it('is refused by a Redis that is full, read-only, or busy, and charged for nothing then', async () => {
      const { store, operator, server } = await world(client);
      const tally = new Tally(store, program);
      await tally.ask(5);
      await operator.command('CONFIG', 'SET', 'maxmemory', '1');
      expect(await asked(store, program)).toBe('ERR_STORE');
      await operator.command('CONFIG', 'SET', 'maxmemory', '0');
      await operator.command('REPLICAOF', '127.0.0.1', '1');
      expect(await asked(store, program)).toBe('ERR_STORE');
      await operator.command('REPLICAOF', 'NO', 'ONE');
      await operator.command('CONFIG', 'SET', 'lua-time-limit', '1');
      const second = await CLIENTS['ioredis']!(server.port);
      ended.push(second.close);
      const busy = second.command('EVAL', 'while true do end', '0').catch(() => undefined);
      await until('a busy Redis', async () => {
        await tally.ask(1);
        return tally.unsure > 0;
      });
      await until('the end of it', () =>
        operator.command('SCRIPT', 'KILL').then(
          () => true,
          () => false,
        ),
      );
      await busy;
      await recovers(store, program);
      expect(await tally.total(N)).toBe(N);
    });

    it('is refused by a Redis that cannot save, and charged for nothing then', async () => {
      const { store, operator, server } = await world(client);
      const tally = new Tally(store, program);
      await tally.ask(5);
      rmSync(server.folder, { recursive: true });
      await operator.command('CONFIG', 'SET', 'save', '60 1');
      await operator.command('BGSAVE');
      await until('a save that fails', async () =>
        String(await operator.command('INFO', 'persistence')).includes('rdb_last_bgsave_status:err'),
      );
      for (let i = 0; i < 5; i++) expect(await asked(store, program)).toBe('ERR_STORE');
      await operator.command('CONFIG', 'SET', 'save', '');
      await recovers(store, program);
      expect(await tally.total(N)).toBe(N);
    });

    it('is refused by a Redis that takes no more connections, and goes on when it does', async () => {
      const { store, operator, proxy } = await world(client);
      const tally = new Tally(store, program);
      await tally.ask(5);
      await operator.command('CONFIG', 'SET', 'maxclients', '1');
      proxy.cut();
      for (let i = 0; i < 5; i++) expect(await asked(store, program)).toBe('ERR_STORE');
      tally.unsure += 5; // A client may send again what had no answer.
      await operator.command('CONFIG', 'SET', 'maxclients', '100');
      await recovers(store, program);
      expect(await tally.total(N)).toBe(N);
    });

    it('fails alone where something else stands under its key', async () => {
      const { store, operator } = await world(client);
      await operator.command('FLUSHALL');
      await decide(store, program);
      const [key] = (await operator.command('KEYS', '*')) as [string];
      await operator.command('DEL', key);
      await operator.command('HSET', key, 'a', 'b');
      const said = await Promise.all([asked(store, program), asked(store, program, { keys: ['other'] })]);
      expect(said).toEqual(['ERR_STORE', true]);
      await operator.command('SET', key, 'not one of ours');
      expect(await asked(store, program)).toBe('ERR_STORE_FORMAT');
      expect(await operator.command('GET', key)).toBe('not one of ours');
      await operator.command('DEL', key);
    });

    it('is late, and says so, where the wire is slow', async () => {
      const { proxy, store } = await world(client);
      const tally = new Tally(store, program);
      await tally.ask(5);
      proxy.delayMs = 2 * DEADLINE_MS;
      expect(await asked(store, program)).toBe('ERR_STORE');
      tally.unsure++; // It may have been charged: at most once.
      proxy.delayMs = 0;
      await recovers(store, program);
      expect(await tally.total(N)).toBe(N);
    });
  });

  it('tells each caller of a Redis that was never there within the deadline', async () => {
    const { server, store, proxy } = await world(client);
    await server.kill();
    proxy.cut();
    const said = await Promise.all(Array.from({ length: 200 }, () => asked(store, PROGRAMS['a rate'])));
    expect(new Set(said)).toEqual(new Set(['ERR_STORE']));
  });
});

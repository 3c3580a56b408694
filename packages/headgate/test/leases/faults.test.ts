import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Program } from '../../src/core/index.ts';
import { leaseStore, type LeaseStore } from '../../src/stores/leased/index.ts';
import { redisStore } from '../../src/stores/redis/index.ts';
import { CLIENTS } from '../redis/clients.ts';
import { startRedis, until, type RedisServer } from '../redis/server.ts';
import { LIMITS, N } from './limits.ts';

/** What a caller waits for at most, and what a busy machine may add to a timer. In ms. */
const DEADLINE_MS = 200;
const SLACK_MS = 2000;
/** How long a Redis is away; longer than a draw lasts. In ms. */
const AWAY_MS = 1200;
/** All that was drawn has come back by then. In ms. */
const QUIET_MS = 1600;

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).toReversed()) await end();
});

/** One caller of one process's store, who goes on asking. */
class Caller {
  admitted = 0;
  faults = 0;
  refused = 0;
  slowestMs = 0;
  isOver = false;
  readonly store: LeaseStore;
  readonly #program: Program;

  constructor(store: LeaseStore, program: Program) {
    this.store = store;
    this.#program = program;
  }

  async run(): Promise<void> {
    while (!this.isOver) {
      await this.#ask();
      await turn();
    }
  }

  async #ask(): Promise<void> {
    const beganAtMs = performance.now();
    try {
      const { allowed } = await this.store.apply(
        { op: 'decide', program: this.#program, keys: ['k'], costs: [1] },
        DEADLINE_MS,
      );
      if (allowed) this.admitted++;
      else this.refused++;
    } catch {
      this.faults++;
    }
    this.slowestMs = Math.max(this.slowestMs, performance.now() - beganAtMs);
  }
}

interface World {
  readonly server: RedisServer;
  readonly callers: readonly [Caller, Caller];
  readonly running: Promise<unknown>;
  readonly admitted: () => number;
}

/** Two processes, as far as Redis can tell, whose callers have begun. */
async function world(program: Program): Promise<World> {
  const server = await startRedis();
  ended.push(() => server[Symbol.asyncDispose]());
  const made: Caller[] = [];
  for (const client of ['ioredis', 'node-redis']) {
    const { client: connected, close } = await CLIENTS[client]!(server.port);
    const caller = new Caller(leaseStore(redisStore(connected)), program);
    ended.push(
      close,
      () => caller.store.close(),
      () => (caller.isOver = true),
    );
    made.push(caller);
  }
  const callers = made as [Caller, Caller]; // One a client.
  const running = Promise.all(callers.map((caller) => caller.run()));
  const admitted = (): number => callers.reduce((sum, one) => sum + one.admitted, 0);
  await until('both to decide by themselves', () => callers.every(({ store }) => store.stats().local > 20));
  return { server, callers, running, admitted };
}

/** Until both are refused for so long that nothing can be drawn any more. */
async function spend({ callers, running, admitted }: World): Promise<void> {
  let before = -1;
  await until('nothing to be left', async () => {
    before = admitted();
    const refused = callers.map((caller) => caller.refused);
    await sleep(QUIET_MS);
    return admitted() === before && callers.every((caller, i) => caller.refused > refused[i]!);
  });
  for (const caller of callers) caller.isOver = true;
  await running;
}

describe.each(['fixed', 'bucket'])('a %s that two processes lease', (limit) => {
  it('while Redis is frozen: all are answered in time, no more is let in, and it goes on by itself', async () => {
    const all = await world(LIMITS[limit]!);
    const { server, callers } = all;
    server.signal('SIGSTOP');
    await sleep(AWAY_MS);
    await until('faults', () => callers.every(({ faults }) => faults > 0));
    server.signal('SIGCONT');
    await spend(all);
    expect(all.admitted()).toBeLessThanOrEqual(N);
    const lost = callers.reduce((sum, { faults: unknown, store }) => sum + unknown + store.stats().lost, 0);
    expect(all.admitted()).toBeGreaterThanOrEqual(N - lost - (limit === 'bucket' ? N / 2 : 0));
    for (const { slowestMs } of callers) expect(slowestMs).toBeLessThan(DEADLINE_MS + SLACK_MS);
  });

  it('once Redis has come back with nothing: at most all of it once more', async () => {
    const all = await world(LIMITS[limit]!);
    await all.server.kill();
    await until('faults', () => all.callers.every(({ faults }) => faults > 0));
    await all.server.start();
    await spend(all);
    expect(all.admitted()).toBeLessThanOrEqual(2 * N);
    expect(all.admitted()).toBeGreaterThan(N / 2);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { FOREVER, segmentOf, type Outcome, type Program } from '../../src/core/index.ts';
import { programOf, type LimitSpec } from '../../src/testing/index.ts';
import type { RedisStore } from '../../src/stores/redis/index.ts';
import { expectLifetimes } from './keyspace.ts';
import { OwnRedis } from './set-up.ts';

const redis = new OwnRedis();
const DEADLINE_MS = 5000;
const MANY = 200;
const MINUTE = { amount: 50, windowMs: 60_000 } as const;

/** Whatever Redis's clock says, none of these gives anything back while a test runs. */
const KINDS: readonly LimitSpec[] = [
  { kind: 'fixed', ...MINUTE },
  { kind: 'sliding', ...MINUTE },
  { kind: 'gap', ...MINUTE },
  { kind: 'bucket', amount: 50, windowMs: 86_400_000 },
  { kind: 'quota', segments: [segmentOf({ kind: 'quota', amount: 50, untilAtMs: FOREVER })] },
  { kind: 'level', amount: 50 },
  { kind: 'concurrency', amount: 50, holdMs: 60_000 },
];

const ask = (store: RedisStore, program: Program, key: string, id: string): Promise<Outcome> =>
  store.apply(
    {
      op: 'decide',
      program,
      keys: program.records.map(() => key),
      costs: program.checks.map(() => 1),
      reservationId: id,
    },
    DEADLINE_MS,
  );

describe('several processes on one Redis, by its own clock', () => {
  it.each(KINDS)('share one $kind to the unit, however they meet on it', async (spec) => {
    const prefix = `shared ${spec.kind}:`;
    const stores = ['ioredis', 'node-redis', 'ioredis'].map((name) => redis.store(name, { prefix }));
    const program = programOf(spec, { kind: 'size', amount: 9 });
    const asked = Array.from({ length: MANY }, async (_, i) => {
      if (i % 7 === 0) await sleep(i / 20);
      return ask(stores[i % stores.length]!, program, 'k', `r${i}`);
    });
    const answers = await Promise.all(asked);
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(50);
    expect(await expectLifetimes(redis.over('ioredis'))).toBeGreaterThan(0);
  });

  it('decide over several records as one: a refusal charges none of them', async () => {
    const prefix = 'several:';
    const stores = ['ioredis', 'node-redis'].map((name) => redis.store(name, { prefix }));
    const program = programOf(
      { kind: 'fixed', amount: 30, windowMs: 60_000 },
      { kind: 'level', amount: 99, record: 1 },
    );
    const answers = await Promise.all(
      Array.from({ length: MANY }, (_, i) => ask(stores[i % 2]!, program, 'k', `r${i}`)),
    );
    const allowed = answers.filter((answer) => answer.allowed).length;
    const left = await stores[0]!.apply({ op: 'peek', program, keys: ['k', 'k'], costs: [0, 0] }, DEADLINE_MS);
    expect([allowed, left.figures[0], left.figures[2]]).toEqual([30, 0, 69]);
  });

  it('carry out what is asked of one record in the order in which it is asked, whoever decides it', async () => {
    const store = redis.store('ioredis');
    const program = programOf({ kind: 'fixed', amount: 10, windowMs: 60_000 });
    const step = (op: 'decide' | 'peek' | 'reset', cost: number) =>
      store.apply({ op, program, keys: ['k'], costs: [cost] }, DEADLINE_MS);
    await step('decide', 1);
    for (let round = 0; round < 20; round++) {
      const answers = await Promise.all([
        step('decide', 1),
        step('reset', 0),
        step('decide', 2),
        step('peek', 0),
        step('decide', 3),
        step('reset', 0),
        step('decide', 4),
      ]);
      expect(answers.map(({ figures }) => figures[0]).slice(1)).toEqual([10, 8, 8, 5, 10, 6]);
    }
  });

  it('keep what takes longer than anything to fill no longer than anything is kept', async () => {
    const store = redis.store('ioredis');
    const program = programOf({ kind: 'bucket', amount: 1, windowMs: 3650 * 864e5, burst: 1000 });
    expect((await ask(store, program, 'k', '')).allowed).toBe(true);
    expect(await expectLifetimes(redis.over('ioredis'))).toBeGreaterThan(0);
  });

  it('tell a wait that is exact by Redis’s clock', async () => {
    const store = redis.store('ioredis');
    const program = programOf({ kind: 'bucket', amount: 1, windowMs: 60 });
    const [, refused] = [await ask(store, program, 'k', ''), await ask(store, program, 'k', '')];
    expect(refused.retryAfterMs).toBeGreaterThan(0);
    const opensAtMs = refused.nowMs + refused.retryAfterMs;
    for (;;) {
      const { allowed, nowMs } = await ask(store, program, 'k', '');
      expect(allowed).toBe(nowMs >= opensAtMs);
      if (allowed) break;
    }
  });

  it('are blocked together, whoever began it', async () => {
    const stores = ['ioredis', 'node-redis'].map((name) => redis.store(name, { prefix: 'blocked:' }));
    const program = programOf(
      { kind: 'fixed', amount: 1, windowMs: 100 },
      { kind: 'block', amount: 1, blockMs: [60_000], trigger: 0 },
    );
    for (let i = 0; i < 2; i++) await ask(stores[0]!, program, 'k', `${i}`);
    await sleep(200);
    for (const store of stores) expect((await ask(store, program, 'k', '')).binding).toBe(1);
  });

  it('are told by another that the record they remember has changed', async () => {
    const [a, b] = [redis.store('ioredis', { prefix: 'cached:' }), redis.store('node-redis', { prefix: 'cached:' })];
    const program = programOf({ kind: 'level', amount: 4 });
    const left: number[] = [];
    for (const store of [a, b, a, b]) left.push((await ask(store, program, 'k', '')).figures[0]!);
    expect(left).toEqual([3, 2, 1, 0]);
  });
});

import { describe, expect, it } from 'vitest';
import type { Op, Program, Step } from '../../src/core/index.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import type { RedisStore } from '../../src/stores/redis/index.ts';
import { manualClock, programOf, seeded, segmentsOf, type LimitSpec, type Random } from '../../src/testing/index.ts';
import { OwnRedis } from './set-up.ts';

/** Traces of what scripts decide, mixed with what only the engine does. */
const TRACES = 60;
const STEPS = 200;
const DEADLINE_MS = 5000;

const redis = new OwnRedis();

function someLimit(random: Random, fromAtMs: number): LimitSpec {
  const amount = random.int(1, 9);
  const windowMs = random.pick([7, 64, 100, 333, 4096]);
  const kind = random.pick(['fixed', 'gap', 'sliding', 'bucket', 'quota', 'size', 'sliding'] as const);
  const parts = Array.from({ length: 6 }, (_, i) => [fromAtMs + (i + 1) * 5000, random.int(1, 12)] as const);
  if (kind === 'quota') return { kind, segments: segmentsOf({ kind, fromAtMs }, parts) };
  if (kind === 'sliding')
    return random.chance(0.3)
      ? { kind, windowMs, slices: 4, segments: segmentsOf({ kind, windowMs, fromAtMs }, parts) }
      : { kind, windowMs, amount, slices: random.pick([2, 4, 16, 64]) };
  if (kind === 'fixed') return { kind, windowMs, amount, align: random.pick(['first', 'clock', 'spread']) };
  return kind === 'bucket' ? { kind, windowMs, amount, burst: random.int(amount, 20) } : { kind, windowMs, amount };
}

/** Limits of one or two records; those of one identity are the same in every program. */
function somePrograms(random: Random, fromAtMs: number): Program[] {
  const limits = Array.from({ length: 5 }, (_, i) => ({
    ...someLimit(random, fromAtMs),
    limitId: i + 1,
    record: i % 2,
  }));
  return Array.from({ length: 3 }, () => {
    const chosen = limits.filter(() => random.chance(0.6));
    const used = [...new Set((chosen.length > 0 ? chosen : [limits[0]!]).map(({ record }) => record))].toSorted(
      (a, b) => a - b,
    );
    const own = (chosen.length > 0 ? chosen : [limits[0]!]).map((limit) => ({
      ...limit,
      record: limit.kind === 'size' ? -1 : used.indexOf(limit.record),
    }));
    const program = programOf(...own);
    return { ...program, records: program.records.map((shape, r) => ({ ...shape, id: 100 + used[r]! })) };
  }).filter(({ records, checks }) => records.every((_, r) => checks.some(({ record }) => record === r)));
}

const OPS: readonly Op[] = ['decide', 'decide', 'decide', 'decide', 'decide', 'decide', 'peek', 'reset', 'refund'];

function someStep(random: Random, programs: readonly Program[]): Step {
  const program = random.pick(programs);
  const op = random.pick(OPS);
  const requestId = op === 'refund' || random.chance(0.08) ? `${random.int(1, 4)}` : undefined;
  const keys = program.records.map(() => random.pick(['a', 'b']));
  const costs = program.checks.map(() => random.pick([0, 1, 1, 1, 2, 5]));
  return { op: op === 'reset' && random.chance(0.7) ? 'decide' : op, program, keys, costs, requestId };
}

const figures = ({
  allowed,
  no,
  binding,
  retryAfterMs,
  figures: told,
  waits,
  status,
}: Awaited<ReturnType<RedisStore['apply']>>) =>
  JSON.stringify({ allowed, no, binding, retryAfterMs, told, waits: waits.filter((wait) => wait !== 0), status });

describe('decisions of scripts and of the engine, mixed', { timeout: 120_000 }, () => {
  it('are those of one store in memory', async () => {
    const decided = { byScript: 0, byEngine: 0 };
    for (let seed = 1; seed <= TRACES; seed++) {
      const random = seeded(seed);
      const clock = manualClock();
      const programs = somePrograms(random, clock.wallMs() - 1000);
      if (programs.length === 0) continue;
      const memory = memoryStore({ clock, random: () => random.bits() });
      const prefix = `paths ${seed}:`;
      const stores = ['ioredis', 'node-redis'].map((name) => redis.store(name, { clock, prefix }));
      for (let i = 0; i < STEPS; i++) {
        if (random.chance(0.5)) clock.advance(random.int(0, random.chance(0.9) ? 40 : 3000));
        if (random.chance(0.02)) clock.jumpBoth(-random.int(1, 500));
        const step = someStep(random, programs);
        const said = await stores[random.int(0, 1)]!.apply(step, DEADLINE_MS).then(
          figures,
          (fault: { code: string }) => fault.code,
        );
        const expected = await Promise.resolve()
          .then(() => figures(memory.apply(step)))
          .catch((fault: { code: string }) => fault.code);
        expect(said, `seed ${seed}, step ${i}: ${step.op} ${step.program.checks.map(({ kind }) => kind).join()}`).toBe(
          expected,
        );
      }
      for (const store of stores) {
        decided.byScript += store.stats().byScript;
        decided.byEngine += store.stats().byEngine;
      }
    }
    expect(Math.min(decided.byScript, decided.byEngine)).toBeGreaterThan(1500);
  });

  it('asked in one turn of the loop, are those of one after another', async () => {
    for (let seed = 1; seed <= TRACES; seed++) {
      const random = seeded(seed);
      const clock = manualClock();
      const programs = somePrograms(random, clock.wallMs() - 1000);
      if (programs.length === 0) continue;
      const store = redis.store('ioredis', { clock });
      const charged = new Map<string, number>();
      for (let round = 0; round < 5; round++) {
        const steps = Array.from({ length: random.pick([40, 150]) }, () => ({
          ...someStep(random, programs),
          op: 'decide' as const,
          requestId: undefined,
        }));
        const answers = await Promise.all(steps.map((step) => store.apply(step, DEADLINE_MS)));
        for (const [i, { allowed }] of answers.entries()) if (allowed) note(charged, steps[i]!);
      }
      // Nothing came back while the clock stood still: what is left is what was not let in.
      for (const program of programs)
        for (const key of ['a', 'b']) {
          const { figures: told } = await store.apply(
            { op: 'peek', program, keys: program.records.map(() => key), costs: program.checks.map(() => 0) },
            DEADLINE_MS,
          );
          for (const [c, { limitId, kind, segments }] of program.checks.entries()) {
            const most = segments.find(
              ({ fromAtMs, untilAtMs }) => fromAtMs <= clock.wallMs() && clock.wallMs() < untilAtMs,
            )!.burst;
            const expected = kind === 'size' ? most : most - (charged.get(`${limitId} ${key}`) ?? 0);
            expect(told[c * 2], `seed ${seed}, ${kind} of ${key}`).toBe(Math.max(0, expected));
          }
        }
    }
  });
});

describe('what is asked at once', () => {
  const program = programOf({ kind: 'fixed', amount: 1000, windowMs: 60_000 });

  it.each([
    [32, 1],
    [64, 2],
  ])('by %i goes out in calls: %i, the second while the first is decided', async (count, calls) => {
    const store = redis.store('ioredis');
    const steps = Array.from({ length: count }, (_, i) => ({
      op: 'decide' as const,
      program,
      keys: [`k${i}`],
      costs: [1],
    }));
    const answers = await Promise.all(steps.map((step) => store.apply(step, DEADLINE_MS)));
    expect(answers.every(({ allowed }) => allowed)).toBe(true);
    expect(store.stats()).toMatchObject({ byScript: count, calls });
  });
});

function note(charged: Map<string, number>, { program, keys, costs }: Step): void {
  for (const [c, { limitId, record }] of program.checks.entries()) {
    const name = `${limitId} ${keys[record]}`;
    charged.set(name, (charged.get(name) ?? 0) + costs[c]!);
  }
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outcome, Step } from '../../src/core/index.ts';
import { parsePolicy } from '../../src/policy/index.ts';
import { createPlanner, type Plan } from '../../src/profile/index.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { manualClock, type ManualClock } from '../../src/testing/index.ts';
import { open } from '../sqlite/files.ts';
import { OwnRedis } from './set-up.ts';

const redis = new OwnRedis();
const DEADLINE_MS = 5000;
const BEGINS_AT_MS = Date.parse('2026-05-15T12:00:00Z');
const ALGORITHMS = ['sliding', 'fixed', 'bucket', 'gap', 'decay'];

const limits = (amount: number): string =>
  ALGORITHMS.map(
    (algorithm) =>
      `${algorithm}: { rate: ${amount}/minute, algorithm: ${algorithm}, per: address, onChange: scale, cost: { reserve: 3, actual: 'response.ok ? 1 : 2' } }`,
  ).join('\n  ');
const planners = [40, 17, 90].map((amount) =>
  createPlanner(
    parsePolicy(
      `headgate: 1\nlimits:\n  ${limits(amount)}\n  day: { quota: ${amount}/day, per: address, onChange: scale }`,
    ),
  ),
);

const event = fc.record({
  planner: fc.nat({ max: planners.length - 1 }),
  op: fc.constantFrom('decide', 'decide', 'decide', 'peek', 'settle', 'cancel'),
  of: fc.nat({ max: 9 }),
  afterMs: fc.constantFrom(0, 0, 1, 900, 20_000, 65_000),
});
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

interface Side {
  readonly clock: ManualClock;
  apply(step: Step): Outcome | Promise<Outcome>;
}

function sideOf(make: (clock: ManualClock) => Pick<Side, 'apply'>): Side {
  const clock = manualClock({ wallMs: BEGINS_AT_MS, monotonicMs: BEGINS_AT_MS });
  const store = make(clock);
  return { clock, apply: (step) => store.apply(step) };
}

function planAt(planner: number, nowMs: number): Plan {
  return planners[planner]!.plan({
    subject: { auth: '', address: '203.0.113.7' },
    operation: { index: -1, name: 'GET /', path: {} },
    request: { method: 'GET', path: '/', query: {}, headers: {}, bytes: 0 },
    nowMs,
  });
}

async function told(side: Side, events: readonly Event[]): Promise<readonly unknown[]> {
  const answers: unknown[] = [];
  for (const [i, { planner, op, of, afterMs }] of events.entries()) {
    side.clock.advance(afterMs);
    const { program, keys, costs } = planAt(planner, side.clock.wallMs());
    const reservationId = op === 'settle' || op === 'cancel' ? `r${of}` : `r${i}`;
    const settled = op === 'settle' ? costs.map((cost) => (cost === 3 ? 2 : cost)) : costs;
    const { allowed, figures, waits, retryAfterMs, status, returned } = await side.apply({
      op,
      program,
      keys,
      costs: settled,
      reservationId,
    });
    answers.push([op, status, allowed, returned, [...figures], [...waits], retryAfterMs]);
  }
  return answers;
}

describe('use that is scaled with its figure', () => {
  it('is the same in memory, in a file and in Redis, whatever is asked, settled and given back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 25 }), async (events) => {
        const memory = await told(
          sideOf((clock) => memoryStore({ clock })),
          events,
        );
        for (const make of [
          (clock: ManualClock) => open({ clock }),
          (clock: ManualClock) => redis.store('ioredis', { clock }),
        ]) {
          const side = sideOf((clock) => {
            const store = make(clock);
            return { apply: (step) => store.apply(step, DEADLINE_MS) };
          });
          expect(await told(side, events)).toEqual(memory);
        }
      }),
      { numRuns: 25 },
    );
  });
});

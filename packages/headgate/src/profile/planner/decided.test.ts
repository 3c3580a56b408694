import { describe, expect, it } from 'vitest';
import { FOREVER, verdictOf, type Outcome } from '../../core/index.ts';
import { memoryStore } from '../../stores/memory/index.ts';
import { askOf, byPlan, limit, NOW_MS, per, policyOf, quota, rate } from '../../../test/policy-of.ts';
import { createPlanner, type Ask, type CompiledPolicy } from '../index.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;

interface Served {
  readonly ask: (spec?: Parameters<typeof askOf>[0], times?: number) => Outcome;
  readonly at: (nowMs: number) => void;
}

/** A planner and a store on one clock that only moves when it is told to. */
function served(policy: CompiledPolicy): Served {
  let nowMs = NOW_MS;
  const planner = createPlanner(policy);
  const store = memoryStore({ clock: { monotonicMs: () => nowMs, wallMs: () => nowMs } });
  const once = (ask: Ask): Outcome => {
    const { program, keys, costs } = planner.plan(ask);
    return store.apply({ op: 'decide', program, keys, costs });
  };
  return {
    ask(spec = {}, times = 1) {
      let outcome = once(askOf({ ...spec, nowMs }));
      for (let i = 1; i < times; i++) outcome = once(askOf({ ...spec, nowMs }));
      return outcome;
    },
    at(instantMs) {
      nowMs = instantMs;
    },
  };
}

describe('a planned step, decided', () => {
  it('holds three limits at once, and tells the wait of the one that binds', () => {
    const { ask, at } = served(
      policyOf([
        limit('key', rate(1000, HOUR)),
        limit('endpoint', rate(100, MINUTE), { per: per('key', 'operation') }),
        limit('burst', rate(50, 10_000)),
      ]),
    );
    expect(ask({}, 50).allowed).toBe(true);
    expect(ask()).toMatchObject({ allowed: false, binding: 2, retryAfterMs: 10_000 });
    expect(ask({ subject: { key: 'k2' } }).allowed).toBe(true);
    at(NOW_MS + 10_000);
    const outcome = ask({}, 50);
    expect([0, 1, 2].map((i) => verdictOf(outcome, i).remaining)).toEqual([900, 0, 0]);
    at(NOW_MS + 20_000);
    expect(ask()).toMatchObject({ allowed: false, binding: 1, retryAfterMs: 40_000 });
    expect(ask({ operation: 'GET /else' }).allowed).toBe(true);
  });

  it('opens a quota at the local midnight, and not 1 ms before', () => {
    const { ask, at } = served(policyOf([limit('q', quota(2, 'day'))]));
    expect(ask({}, 2).allowed).toBe(true);
    const denied = ask();
    expect(denied).toMatchObject({ allowed: false, retryAfterMs: 12 * HOUR });
    at(NOW_MS + denied.retryAfterMs - 1);
    expect(ask().allowed).toBe(false);
    at(NOW_MS + denied.retryAfterMs);
    expect(ask().allowed).toBe(true);
  });

  it('keeps what was used when the plan changes, up to the new amount', () => {
    const amounts = byPlan({ A: rate(100, MINUTE), B: rate(50, MINUTE), C: rate(200, MINUTE) });
    const { ask } = served(policyOf([limit('l', amounts)]));
    const remaining = (plan: string, times?: number): number =>
      verdictOf(ask({ subject: { plan } }, times), 0).remaining;
    expect(remaining('A', 70)).toBe(30);
    expect(ask({ subject: { plan: 'B' } })).toMatchObject({ allowed: false });
    expect(remaining('B')).toBe(0);
    expect(remaining('C')).toBe(129);
  });

  it('admits at the instant at which an override raises the amount, as it told before', () => {
    const raised = {
      for: { key: 'k1' },
      limits: [['l', rate(5, HOUR)] as const],
      lift: [],
      fromAtMs: NOW_MS + MINUTE,
      untilAtMs: FOREVER,
      reason: '',
      by: '',
    };
    const { ask, at } = served(policyOf([limit('l', rate(2, HOUR))], { overrides: [raised] }));
    expect(ask({}, 3)).toMatchObject({ allowed: false, retryAfterMs: MINUTE });
    at(NOW_MS + MINUTE - 1);
    expect(ask().allowed).toBe(false);
    at(NOW_MS + MINUTE);
    expect(ask({}, 3).allowed).toBe(true);
    expect(ask().allowed).toBe(false);
  });

  it('shares a counter between operations, and separates it where it is counted per operation', () => {
    const operations = ['a', 'b'].map((name) => ({ name, routes: [], tags: [], set: [] }));
    const { ask } = served(
      policyOf([limit('shared', rate(3, MINUTE)), limit('each', rate(2, MINUTE), { per: per('key', 'operation') })], {
        operations,
      }),
    );
    const on = (index: number): Outcome => ask({ index, operation: operations[index]!.name });
    expect([on(0), on(0), on(1), on(1)].map(({ allowed, binding }) => [allowed, binding])).toEqual([
      [true, -1],
      [true, -1],
      [true, -1],
      [false, 0],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { Outcome, type Op, type Program, type Step } from '../../src/core/index.ts';
import {
  manualClock,
  programOf,
  seeded,
  segmentsOf,
  type LimitSpec,
  type ManualClock,
  type Random,
} from '../../src/testing/index.ts';
import type { RedisStore } from '../../src/stores/redis/index.ts';
import { Denials, type Asked } from '../../src/stores/redis/denials.ts';
import type { Place } from '../../src/stores/redis/records/key.ts';
import { OwnRedis } from './set-up.ts';

const redis = new OwnRedis();
const DEADLINE_MS = 5000;
/** What docs/redis.md promises. */
const BOUND_MS = 2000;
const STEPS = 400;

const FIXED = { kind: 'fixed', amount: 5, windowMs: 7000 } as const;
const START_MS = manualClock().wallMs();
/** More may be had at an instant that only the calendar knows. */
const GROWING: LimitSpec = {
  kind: 'fixed',
  windowMs: 60_000,
  segments: segmentsOf({ kind: 'fixed', windowMs: 60_000, fromAtMs: START_MS }, [
    [START_MS + 20_500, 4],
    [START_MS + 61_300, 9],
    [Number.MAX_SAFE_INTEGER, 6],
  ]),
};

const PROGRAMS: Readonly<Record<string, readonly LimitSpec[]>> = {
  fixed: [FIXED],
  sliding: [{ kind: 'sliding', amount: 6, windowMs: 9000 }],
  bucket: [{ kind: 'bucket', amount: 2, windowMs: 1000, burst: 4 }],
  gap: [{ kind: 'gap', amount: 1, windowMs: 800 }],
  several: [
    FIXED,
    { kind: 'bucket', amount: 3, windowMs: 5000 },
    { kind: 'fixed', amount: 40, windowMs: 30_000, record: 1 },
  ],
  scheduled: [GROWING],
};

/** Two processes on one Redis: one remembers, and the other asks. */
class Pair {
  readonly clock: ManualClock = manualClock();
  readonly near: RedisStore;
  readonly far: RedisStore;
  readonly #program: Program;

  constructor(name: string, limits: readonly LimitSpec[]) {
    this.near = redis.store('ioredis', { prefix: `${name}:`, clock: this.clock, rememberDenials: true });
    this.far = redis.store('node-redis', { prefix: `${name}:`, clock: this.clock });
    this.#program = programOf(...limits);
  }

  /** Of whom both ask. */
  get at(): Pick<Step, 'program' | 'keys'> {
    return { program: this.#program, keys: this.#program.records.map(() => 'k') };
  }

  ask(store: RedisStore, op: Op, cost = 0): Promise<Outcome> {
    return store.apply({ op, ...this.at, costs: this.#program.checks.map(() => cost) }, DEADLINE_MS);
  }
}

const opensAtMs = ({ nowMs, retryAfterMs }: Outcome): number => nowMs + retryAfterMs;

interface Told {
  readonly said: Outcome;
  readonly truth: Outcome;
  /** Another process has just opened the record: it may be refused still. */
  readonly isOpened: boolean;
}

/** What is let in the store lets in; what is refused it refuses, and no sooner lets in, but for the bound. */
function isTrue({ said, truth, isOpened }: Told): boolean {
  if (said.nowMs !== truth.nowMs) return isOpened;
  if (said.allowed) return truth.allowed;
  return isOpened || (!truth.allowed && opensAtMs(said) <= opensAtMs(truth));
}

/** One turn of a trace. Returns when anything was last opened by the other process. */
async function turn(pair: Pair, random: Random, openedAtMs: number): Promise<number> {
  pair.clock.advance(random.chance(0.5) ? 0 : random.int(1, 700));
  if (random.chance(0.03)) {
    await pair.ask(pair.far, 'reset');
    return pair.clock.monotonicMs();
  }
  if (random.chance(0.03)) {
    await pair.ask(pair.near, 'reset');
    return -Infinity;
  }
  if (random.chance(0.1)) await pair.ask(pair.far, 'decide', 1);
  const cost = random.int(1, 3);
  const [truth, said] = [
    await pair.ask(pair.far, 'peek', cost),
    await pair.ask(pair.near, random.pick(['decide', 'decide', 'peek']), cost),
  ];
  const isOpened = pair.clock.monotonicMs() - openedAtMs < BOUND_MS;
  expect({ said, truth, isOpened }).toSatisfy(isTrue);
  return openedAtMs;
}

const PLACES: readonly Place[] = [{ name: 'a', key: 'a', home: 'a' }];

/** What is kept, asked without a store: the denial of a request at this cost. */
function kept(denials: Denials, cost: number): () => Outcome | Asked | undefined {
  const recall = () => denials.recall({ op: 'decide', program: LONE, keys: ['a'], costs: [cost] }, PLACES);
  const asked = recall();
  if (asked === undefined || asked instanceof Outcome) throw new Error('expected nothing to be known yet');
  const denied = new Outcome(START_MS, 1);
  Object.assign(denied, { allowed: false, no: 'until', binding: 0, retryAfterMs: 9000, waits: [9000] });
  denied.figures.splice(0, 2, 0, 9000);
  denials.see(asked, denied);
  return recall;
}

const LONE = programOf(FIXED);

describe('what is kept of denials', () => {
  const make = () => new Denials(() => 0);

  it('is not what was asked before its record was opened, and answered after', () => {
    const denials = make();
    const asked = denials.recall({ op: 'decide', program: LONE, keys: ['a'], costs: [1] }, PLACES) as Asked;
    denials.open(PLACES);
    const denied = new Outcome(START_MS, 1);
    Object.assign(denied, { allowed: false, no: 'until', waits: [9000], figures: [0, 9000] });
    denials.see(asked, denied);
    expect(kept(denials, 1)()).toBeInstanceOf(Outcome);
  });

  it('has a bound, beyond which the oldest is forgotten', () => {
    const denials = make();
    const [first, second] = [kept(denials, 1), kept(denials, 2)];
    for (let cost = 3; cost <= 10_001; cost++) kept(denials, cost);
    expect([first() instanceof Outcome, second() instanceof Outcome]).toEqual([false, true]);
  });
});

describe('denials that are remembered', () => {
  it.each(Object.entries(PROGRAMS))(
    'of %s are those of the store, but for 2 s after another process opens',
    async (name, limits) => {
      const pair = new Pair(`denied ${name}`, limits);
      const random = seeded(8);
      let openedAtMs = -Infinity;
      for (let i = 0; i < STEPS; i++) openedAtMs = await turn(pair, random, openedAtMs);
      expect(pair.near.stats().byMemory).toBeGreaterThan(STEPS / 100);
    },
  );

  it('end no later than the denial itself, by Redis’s own clock', async () => {
    const prefix = 'own clock:';
    const near = redis.store('node-redis', { prefix, rememberDenials: true });
    const far = redis.store('ioredis', { prefix });
    const program = programOf({ kind: 'bucket', amount: 1, windowMs: 25 });
    const step = (op: Op) => ({ op, program, keys: ['k'], costs: [1] });
    let admitted = 0;
    for (let i = 0; admitted < 40; i++) {
      // Whatever would be let in at this instant is, a moment later.
      const truth = await far.apply(step('peek'), DEADLINE_MS);
      const said = await near.apply(step('decide'), DEADLINE_MS);
      expect(said.allowed || !truth.allowed).toBe(true);
      if (said.allowed) admitted++;
    }
    expect(near.stats().byMemory).toBeGreaterThan(40);
  });

  it('ask for anything that costs less, and tell waits that grow shorter', async () => {
    const pair = new Pair('cheaper', [FIXED]);
    await pair.ask(pair.near, 'decide', 3);
    const first = await pair.ask(pair.near, 'decide', 3);
    pair.clock.advance(400);
    const second = await pair.ask(pair.near, 'decide', 3);
    expect([first.allowed, second.allowed, second.figures[0], pair.near.stats().byMemory]).toEqual([
      false,
      false,
      2,
      1,
    ]);
    expect([second.retryAfterMs, second.figures[1], second.waits]).toEqual([6600, 6600, [6600]]);
    expect((await pair.ask(pair.near, 'decide', 2)).allowed).toBe(true);
  });

  it('say that figures are stale when the store does', async () => {
    const segments = segmentsOf({ kind: 'fixed', windowMs: 60_000, fromAtMs: START_MS }, [
      [START_MS + 500, 1],
      [START_MS + 1000, 1],
    ]);
    const pair = new Pair('stale', [{ kind: 'fixed', windowMs: 60_000, segments }]);
    for (const allowed of [true, false]) expect((await pair.ask(pair.near, 'decide', 1)).allowed).toBe(allowed);
    pair.clock.advance(400);
    expect((await pair.ask(pair.near, 'decide', 1)).retryAfterMs).toBe(600);
    expect(pair.near.stats().byMemory).toBe(1);
    pair.clock.advance(600);
    expect((await pair.ask(pair.near, 'decide', 1)).status).toBe('stale');
  });

  it('are whoever’s who is given them: what is written into an answer changes no other', async () => {
    const pair = new Pair('own', [FIXED]);
    await pair.ask(pair.near, 'decide', 5);
    for (let i = 0; i < 3; i++) {
      const denied = await pair.ask(pair.near, 'decide', 1);
      expect([denied.retryAfterMs, denied.figures[0], denied.waits[0]]).toEqual([7000, 0, 7000]);
      [denied.retryAfterMs, denied.figures[0], denied.waits] = [-1, -1, []];
    }
  });

  it('are forgotten at once when this process opens, also by a step that was under way', async () => {
    const pair = new Pair('at once', [FIXED]);
    await pair.ask(pair.near, 'decide', 5);
    const [denied, , admitted] = await Promise.all([
      pair.ask(pair.near, 'decide', 1),
      pair.ask(pair.near, 'reset'),
      pair.ask(pair.near, 'decide', 1),
    ]);
    expect([denied.allowed, admitted.allowed, (await pair.ask(pair.near, 'decide', 1)).allowed]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('tell nothing by a clock that went back', async () => {
    const pair = new Pair('back', [FIXED]);
    for (let i = 0; i < 3; i++) await pair.ask(pair.near, 'decide', 4);
    expect(pair.near.stats().byMemory).toBe(1);
    pair.clock.jumpBoth(-5000);
    const [said, truth] = [await pair.ask(pair.near, 'decide', 4), await pair.ask(pair.far, 'decide', 4)];
    expect([said, pair.near.stats().byMemory]).toEqual([truth, 1]);
  });

  it('are remembered where attempts are counted that cost nothing', async () => {
    const pair = new Pair('nothing', [FIXED, { ...FIXED, windowMs: 60_000, count: 'attempts' }]);
    for (let i = 0; i < 4; i++) {
      const { program, keys } = pair.at;
      await pair.near.apply({ op: 'decide', program, keys, costs: [3, 0] }, DEADLINE_MS);
    }
    expect(pair.near.stats().byMemory).toBe(2);
  });

  it.each<[string, readonly LimitSpec[]]>([
    ['attempts', [{ ...FIXED, count: 'attempts' }]],
    ['denials', [FIXED, { kind: 'fixed', amount: 99, windowMs: 60_000, count: 'denials', denials: [0], rungs: [] }]],
    ['a block that begins anew', [FIXED, { kind: 'block', trigger: 0, blockMs: [2000], extend: true, forgetMs: 0 }]],
  ])('are never of what counts %s', async (name, limits) => {
    const pair = new Pair(name, limits);
    const alone = new Pair(`${name} alone`, limits);
    for (let i = 0; i < 30; i++) {
      pair.clock.advance(i * 20);
      alone.clock.advance(i * 20);
      expect(await pair.ask(pair.near, 'decide', 2)).toEqual(await alone.ask(alone.far, 'decide', 2));
    }
    expect(pair.near.stats().byMemory).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { segmentOf, type Step } from '../../src/core/index.ts';
import { leaseStore } from '../../src/stores/leased/index.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { programOf, type LimitSpec } from '../../src/testing/index.ts';
import { Beneath, One, turns } from './beneath.ts';

const MINUTE = 60_000;
const FIXED: LimitSpec = { kind: 'fixed', amount: 1000, windowMs: MINUTE };
const SLIDING: LimitSpec = { kind: 'sliding', amount: 1000, windowMs: MINUTE };
const BUCKET: LimitSpec = { kind: 'bucket', amount: 1000, windowMs: MINUTE };
/** What flows into the bucket while it is leased: that is not let in twice. */
const FLOWS = 17;
/** Each, whether what is not spent comes back, and how many units may be missing meanwhile. */
const LEASED = [
  { ...FIXED, comesBack: true, missing: 0 },
  { ...SLIDING, comesBack: true, missing: 0 },
  { ...BUCKET, comesBack: false, missing: 1000 },
];

describe.each(LEASED)('a hot $kind', ({ comesBack, missing, ...spec }) => {
  it('is decided here and at once when it is hot, and by the store while it is not', async () => {
    const one = new One([spec]);
    expect([one.asksHere(), one.asksHere()]).toEqual([false, false]);
    await turns();
    await one.many(20, 10);
    expect(one.asksHere()).toBe(true);
    const sent = one.beneath.steps.length;
    expect(await one.many(20, 1)).toBe(20);
    expect(one.beneath.steps.length - sent).toBeLessThanOrEqual(2);
    expect(one.store.stats()).toMatchObject({ callers: 1, local: expect.any(Number) as number });
  });

  it('lets in no more, and refuses as the store does, with its wait', async () => {
    const one = new One([spec]);
    const allowed = await one.many(1100);
    expect(allowed).toBeLessThanOrEqual(1000);
    // What would flow into a full bucket while it is leased is not let in twice.
    expect(allowed).toBeGreaterThanOrEqual(1000 - Math.min(missing, FLOWS));
    const refused = await one.ask();
    expect(refused).toEqual(one.truth.apply(one.step()));
    expect(one.store.stats().local).toBeGreaterThan(500);
  });

  it('has drawn at most an eighth of what is left, and of a bucket what flows in beside', async () => {
    const one = new One([spec]);
    let whenDrawn = 1000;
    for (let i = 0; i < 1000; i++) {
      const before = one.left();
      await one.ask();
      if (one.left() < before - 1) whenDrawn = before;
      expect(1000 - one.left() - (i + 1)).toBeLessThanOrEqual(whenDrawn / 8 + Math.min(missing, FLOWS));
    }
  });

  it('is given back when nobody asks any more, but for a bucket, which fills by itself', async () => {
    const one = new One([spec]);
    await one.many(30, 5);
    const { local } = one.store.stats();
    expect(local).toBeGreaterThan(0);
    await one.pass(2000);
    expect(one.store.stats().callers).toBe(0);
    expect(one.beneath.asked('amend').length > 0).toBe(comesBack);
    expect(one.left()).toBeGreaterThanOrEqual(1000 - 30 - missing);
  });

  it('is given back when the store is closed, also what is being drawn just then', async () => {
    const one = new One([spec]);
    await one.many(7);
    one.beneath.waits = true;
    const asked = one.store.apply(one.step(), 50);
    await one.beneath.answer();
    await asked;
    const closed = one.store.close();
    one.beneath.waits = false;
    await one.beneath.answer();
    await closed;
    expect(one.beneath.isClosed).toBe(true);
    expect(one.left()).toBeGreaterThanOrEqual(1000 - 8 - missing);
    expect(one.store.stats().draws).toBe(1);
  });

  it('tells an earlier instant never, and no more left than the store knew and this process has', async () => {
    const one = new One([spec]);
    const alone = memoryStore({ clock: one.clock });
    let local = 0;
    for (let i = 0; i < 200; i++) {
      const truth = alone.apply(one.step());
      const told = await one.ask();
      expect(told.exact).toBe(one.store.stats().local === local ? undefined : false);
      ({ local } = one.store.stats());
      expect(told.figures[0]!).toBeLessThanOrEqual(truth.figures[0]!);
      expect(told.figures[0]!).toBeGreaterThanOrEqual(truth.figures[0]! - missing);
      expect(told.nowMs + told.figures[1]!).toBeGreaterThanOrEqual(truth.nowMs + truth.figures[1]!);
      await one.pass(i % 7);
    }
  });

  it('is not spent while the store does not answer, and not given back to one that failed meanwhile', async () => {
    const one = new One([spec]);
    await one.many(30, 5);
    one.beneath.isDown = true;
    await expect(one.ask(1000)).rejects.toThrow('ERR_STORE');
    expect(one.asksHere()).toBe(false);
    await turns();
    one.beneath.isDown = false;
    await one.ask();
    expect(one.asksHere()).toBe(true);
    await one.pass(3000);
    expect(one.store.stats().lost > 0).toBe(comesBack);
    // Only what was drawn since comes back.
    expect(one.store.stats().givenBack).toBeLessThan(1000 / 8);
  });

  it('is not spent by a machine that slept, nor after its time', async () => {
    const one = new One([spec]);
    await one.many(30, 5);
    expect(one.asksHere()).toBe(true);
    one.clock.jump(3_600_000);
    expect(one.asksHere()).toBe(false);
    const other = new One([spec]);
    await other.many(30, 5);
    other.clock.advance(1000);
    expect(other.asksHere()).toBe(false);
  });

  it('is emptied here at once, and elsewhere within its lifetime', async () => {
    const one = new One([spec]);
    await one.many(30, 5);
    await one.ask(0, { op: 'reset' });
    expect(one.asksHere()).toBe(false);
    expect(one.left()).toBe(999);
    await turns();
    // It would give back what others have been charged since.
    expect(one.beneath.asked('amend')).toEqual([]);
    await one.many(30, 5);
    one.truth.apply(one.step(0, { op: 'reset' }));
    await one.pass(1000);
    expect((await one.ask()).figures[0]).toBeGreaterThan(900);
  });
});

describe('what is drawn', () => {
  it.each([
    ['a window', { kind: 'fixed', amount: 1000, windowMs: 8000, align: 'clock' }, 8000],
    ['a slice', { kind: 'sliding', amount: 1000, windowMs: 8000, slices: 8 }, 1000],
  ] as const)('is not spent after %s ends, when the answer was late too', async (_, spec, everyMs) => {
    const one = new One([spec]);
    await one.pass(everyMs - (one.clock.monotonicMs() % everyMs) - 200);
    await one.many(7);
    one.beneath.waits = true;
    const asked = one.store.apply(one.step(), 5000);
    await one.beneath.answer();
    await asked;
    await turns();
    await one.pass(150);
    await one.beneath.answer();
    expect(one.asksHere()).toBe(true);
    // One clock is enough to say so.
    one.clock.jump(-3_600_000);
    await one.pass(50);
    expect(one.asksHere()).toBe(false);
  });

  it('is not spent once its program is no longer the whole truth', async () => {
    const one = new One([{ kind: 'quota', segments: [segmentOf({ kind: 'quota', amount: 1e6, periodAtMs: 1 })] }]);
    const program = { ...one.program, validUntilMs: one.clock.wallMs() + 300 };
    for (let i = 0; i < 20; i++) {
      await one.ask(1, { program });
      await one.pass(10);
    }
    const here = (): boolean => !(one.store.apply(one.step(1, { program }), 50) instanceof Promise);
    expect(here()).toBe(true);
    await one.pass(100);
    expect(here()).toBe(false);
  });

  it('is renewed before it is spent, so that nobody waits', async () => {
    const one = new One([{ ...FIXED, amount: 1e9 }]);
    await one.many(200, 2);
    const { local } = one.store.stats();
    await one.many(2000, 2);
    expect(one.store.stats().local - local).toBe(2000);
    expect(one.store.stats().draws).toBeLessThan(20);
  });

  it('by several programs and many callers, of one limit, is an eighth of what is left all together', async () => {
    const one = new One([
      { ...FIXED, amount: 1e6 },
      { ...SLIDING, amount: 4000, record: 1 },
    ]);
    const programs = [one.program, { ...one.program, id: one.program.id + 1e6 }];
    let asked = 0;
    for (let i = 0; i < 400; i++) {
      for (const program of programs) void one.store.apply(one.step(1, { program, keys: [`k${i % 20}`, 'all'] }), 50);
      asked += 2;
      if (i % 5 === 0) await turns();
    }
    await turns();
    const drawn = 4000 - one.truth.apply(one.step(0, { op: 'peek', keys: ['k', 'all'] })).figures[2]! - asked;
    expect(one.store.stats().local).toBeGreaterThan(100);
    expect(drawn).toBeGreaterThan(100);
    expect(drawn).toBeLessThanOrEqual(4000 / 8);
  });

  it('is of several limits and records at once, by what each costs', async () => {
    const one = new One([FIXED, { ...SLIDING, amount: 9000, record: 1 }, { kind: 'size', amount: 40 }]);
    for (let i = 0; i < 30; i++) await one.ask(1, { costs: [1, 7, 40] });
    expect(one.store.apply(one.step(1, { costs: [1, 7, 40] }), 50)).not.toBeInstanceOf(Promise);
    const { figures } = await one.ask(1, { costs: [1, 7, 40] });
    expect([figures[0], figures[2], figures[4], figures[5]]).toEqual([1000 - 32, 9000 - 7 * 32, 40, -1]);
    expect((await one.ask(1, { costs: [1, 7, 41] })).no).toBe('never');
  });

  it.each([1000, 317, 4001])(
    'of a bucket of %s, and spent at the last instant, is no more than was missing from it until then',
    async (burst) => {
      for (let waitMs = 0; waitMs < 900; waitMs += 53) {
        const one = new One([{ kind: 'bucket', amount: burst, windowMs: 8000, burst }]);
        await one.many(40, 3);
        await one.pass(waitMs);
        // Somebody else takes all that is left, and this process all that it has: at one instant no more than a full bucket.
        const others = one.left();
        one.truth.apply(one.step(others));
        let own = 0;
        while (one.asksHere()) own++;
        expect(own + others).toBeLessThanOrEqual(burst);
      }
    },
  );

  it('of a bucket, and given back by the caller, is no more than the store would give', async () => {
    const one = new One([{ kind: 'bucket', amount: 1000, windowMs: 10_000, burst: 1000 }]);
    await one.many(30, 5);
    await one.pass(10);
    const { nowMs } = one.store.apply(one.step(), 50) as Awaited<ReturnType<One['ask']>>; // It is decided here.
    await one.ask(-1, { op: 'amend', chargedAtMs: nowMs });
    expect(one.beneath.asked('amend')[0]!.chargedAtMs).toBeLessThan(nowMs);
    expect(one.beneath.asked('amend')[0]!.chargedAtMs).toBeGreaterThan(nowMs - 1000);
  });
});

const HELD: LimitSpec = { kind: 'concurrency', amount: 1e6, holdMs: MINUTE };
const PERIODS = [
  segmentOf({ kind: 'quota', amount: 1e6, untilAtMs: 2e12, periodAtMs: 1 }),
  segmentOf({ kind: 'quota', amount: 5e5, fromAtMs: 2e12, periodAtMs: 1 }),
];
const CHANGING = [
  segmentOf({ kind: 'fixed', amount: 1e6, untilAtMs: 2e12 }),
  segmentOf({ kind: 'fixed', amount: 5e5, fromAtMs: 2e12 }),
];

describe('what cannot be leased is asked of the store, each time', () => {
  it.each<readonly [string, readonly LimitSpec[]]>([
    ['a permit', [FIXED, HELD]],
    ['a level', [FIXED, { kind: 'level', amount: 1e6 }]],
    ['a gap', [{ kind: 'gap', amount: 1e6, windowMs: MINUTE }]],
    ['a decay', [{ kind: 'decay', amount: 1e6, windowMs: MINUTE }]],
    ['a block', [FIXED, { kind: 'block', amount: 1e9, blockMs: [10], trigger: 0 }]],
    ['what is held', [{ ...FIXED, holdMs: 10 }]],
    ['what counts attempts', [{ ...FIXED, count: 'attempts' }]],
    ['what is only watched', [{ ...FIXED, shadow: true }]],
    ['what has rungs', [{ ...FIXED, rungs: [{ permille: 900, does: 'refuse' }] }]],
    ['what must leave some', [{ ...FIXED, atLeast: 1 }]],
    ['a quota with grants', [{ kind: 'quota', slices: 2, segments: [segmentOf({ kind: 'quota', amount: 1e6 })] }]],
    ['a period that changes', [{ kind: 'quota', segments: PERIODS }]],
    ['a rate that changes', [{ kind: 'fixed', windowMs: MINUTE, segments: CHANGING }]],
    [
      'a bucket on one of two records',
      [
        { ...BUCKET, amount: 1e6 },
        { ...FIXED, record: 1 },
      ],
    ],
    ['a window that is over at once', [{ ...FIXED, windowMs: 100 }]],
    ['a size alone', [{ kind: 'size', amount: 9 }]],
  ])('%s', async (_, limits) => {
    const one = new One(limits);
    for (let i = 0; i < 40; i++) await one.ask(1, { reservationId: `r${i}` });
    expect([one.beneath.steps.length, one.store.stats().local]).toEqual([40, 0]);
  });

  it.each<readonly [string, Partial<Step>]>([
    ['what has a request id', { requestId: 'q' }],
    ['what expects something', { expects: [{ check: 0, least: 0, most: 1e6 }] }],
    ['a peek', { op: 'peek' }],
  ])('%s', async (_, more) => {
    const one = new One([FIXED]);
    await one.many(30, 2);
    const sent = one.beneath.steps.length;
    await one.ask(1, more);
    expect(one.beneath.steps.slice(sent)).toHaveLength(1);
  });

  it.each([[-1], [1.5], [Number.NaN], [Infinity], ['1' as unknown as number]])('a cost of %s', async (cost) => {
    const one = new One([FIXED]);
    await one.many(30, 2);
    await expect(one.ask(cost)).rejects.toThrow('ERR_COST');
    expect(one.asksHere()).toBe(true);
  });
});

describe('a lease store', () => {
  it.each([0, 19, 2001, 20.5, Number.NaN])('is refused a lifetime of %s ms', (lifetimeMs) => {
    const beneath = new Beneath(memoryStore());
    expect(() => leaseStore(beneath, { lifetimeMs })).toThrow('leaseStore.lifetimeMs: expected 20 to 2000');
  });

  it('knows at most ten thousand callers, and forgets those who do not come again', async () => {
    const one = new One([FIXED]);
    for (let i = 0; i < 10_100; i++) void one.store.apply(one.step(1, { keys: [`k${i}`] }), 50);
    await turns();
    expect(one.store.stats().callers).toBe(10_000);
    await one.pass(1001);
    expect(one.store.stats().callers).toBe(0);
  });

  it('knows nobody by a name that is too long, or is none', async () => {
    const one = new One([FIXED]);
    await one.ask(1, { keys: ['k'.repeat(2000)] });
    await expect(one.ask(1, { keys: [7 as unknown as string] })).rejects.toThrow('ERR_KEY');
    expect(one.store.stats().callers).toBe(0);
  });

  it('goes on by itself when the program is another', async () => {
    const one = new One([FIXED]);
    await one.many(30, 2);
    const next = programOf({ ...FIXED, amount: 50 });
    expect(one.store.apply(one.step(1, { program: next }), 50)).toBeInstanceOf(Promise);
  });
});

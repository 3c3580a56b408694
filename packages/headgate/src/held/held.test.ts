import { describe, expect, it } from 'vitest';
import { memoryStore } from '../stores/memory/index.ts';
import { manualClock } from '../testing/index.ts';
import { zoneTable } from '../policy/index.ts';
import { createGate, type Gate, type LimitSpec } from './index.ts';
import { randomIds } from '../gate/index.ts';

const WHO = { key: 'k_1', account: 'acme' };
const JOBS = { running: { concurrency: 2, per: 'key', lease: '10m' } } as const;
const MONEY = { spend: { quota: '1000/month', per: 'account', hold: '10m' } } as const;

interface At<Name extends string> extends Gate<Name> {
  readonly clock: ReturnType<typeof manualClock>;
  readonly left: () => readonly number[];
}

function gateAt<const Name extends string>(limits: Readonly<Record<Name, LimitSpec>>, wallMs?: number): At<Name> {
  const clock = manualClock(wallMs === undefined ? {} : { wallMs });
  const gate = createGate({ limits, clock });
  const left = (): readonly number[] => gate.peek(WHO).limits.map(({ remaining }) => remaining);
  return Object.assign(gate, { clock, left });
}

describe('a gate that holds things', () => {
  it('takes every kind in one decision, and charges all or none', () => {
    const gate = gateAt({
      requests: { rate: '3/minute', per: 'key' },
      ...JOBS,
      ...MONEY,
      stored: { level: 50, per: 'account' },
      upload: { size: 30 },
    });
    const cost = { requests: 1, spend: 400, stored: 20, upload: 20 };
    expect(gate.decide(WHO, { cost }).limits.map(({ remaining }) => remaining)).toEqual([2, 1, 600, 30, 30]);
    const denied = gate.decide(WHO, { cost: { ...cost, upload: 31 } });
    expect([denied.allowed, denied.limit, denied.no, denied.reservation]).toEqual([
      false,
      'upload',
      'never',
      undefined,
    ]);
    expect(gate.left()).toEqual([2, 1, 600, 30, 30]);
  });

  it('a permit is one, whatever else is said of the cost, unless it is named', () => {
    const gate = gateAt({ ...JOBS, ...MONEY });
    gate.decide(WHO, { cost: 100 });
    expect(gate.left()).toEqual([1, 900]);
    gate.decide(WHO, { cost: { running: 0, spend: 1 } });
    expect(gate.left()).toEqual([1, 899]);
    gate.decide(WHO, { cost: { spend: 1 } });
    expect(gate.left()).toEqual([0, 898]);
  });

  it('settles what it held for whom it was decided, whatever has become of the object that said who', () => {
    const gate = gateAt({ ...JOBS, ...MONEY });
    const who: Record<string, string> = { ...WHO };
    const decision = gate.decide(who, { cost: { spend: 100 } });
    who['account'] = 'another';
    expect([decision.settle({ spend: 40 }).status, gate.left()]).toEqual(['ok', [2, 960]]);
  });

  it('settled for what it reserved, it leaves just that, in every period', () => {
    const gate = gateAt({ ...JOBS, ...MONEY });
    for (let month = 0; month < 3; month++) {
      const { returned } = gate.decide(WHO).settle();
      expect([returned, gate.left()]).toEqual([{ running: 1 }, [2, 999]]);
      gate.clock.advance(31 * 86_400_000);
    }
  });

  it('refuses the one too many until somebody gives back, with a hint and no promise', () => {
    const gate = gateAt(JOBS);
    const first = gate.decide(WHO);
    gate.clock.advance(60_000);
    gate.decide(WHO);
    const { allowed, no, retryAfterMs } = gate.decide(WHO);
    expect({ allowed, no, retryAfterMs }).toEqual({ allowed: false, no: 'freed', retryAfterMs: 540_000 });
    expect(first.release().status).toBe('ok');
    expect(gate.decide(WHO).allowed).toBe(true);
  });

  it('settles for less, for more, and for what was reserved; permits come back with it', () => {
    const gate = gateAt({ ...JOBS, ...MONEY });
    const decide = (): ReturnType<typeof gate.decide> => gate.decide(WHO, { cost: { spend: 300 } });
    expect(decide().settle({ spend: 210 }).returned).toEqual({ running: 1, spend: 90 });
    expect(decide().settle({ spend: 450 }).returned).toEqual({ running: 1, spend: -150 });
    expect(decide().settle().returned).toEqual({ running: 1 });
    expect(gate.left()).toEqual([2, 1000 - 210 - 450 - 300]);
  });

  it('resolves once: twice, late, or of nothing is told, and changes nothing', () => {
    const gate = gateAt({ ...JOBS, ...MONEY });
    const [settled, lost] = [gate.decide(WHO, { cost: { spend: 5 } }), gate.decide(WHO, { cost: { spend: 7 } })];
    settled.settle({ spend: 3 });
    for (const again of [settled.settle({ spend: 9 }), settled.release(), settled.renew()])
      expect(JSON.parse(JSON.stringify(again))).toEqual({ status: 'unknown', returned: {} });
    gate.clock.advance(600_000);
    expect(gate.left()).toEqual([2, 990]);
    expect([lost.settle({ spend: 1 }).status, lost.release().status, lost.renew().status]).toEqual(
      Array.from({ length: 3 }, () => 'unknown'),
    );
    const denied = gate.decide(WHO, { cost: { spend: 5000 } });
    expect([denied.settle().status, denied.release().status, denied.renew().status]).toEqual(
      Array.from({ length: 3 }, () => 'unknown'),
    );
    expect(gate.left()).toEqual([2, 990]);
  });

  it.each([
    [{ hold: '1m' }, 60],
    [{ hold: '1m', lost: 'return' }, 100],
  ] as const)('what nobody settles is lost or comes back: %j', (words, left) => {
    const gate = gateAt({ stored: { level: 100, ...words, per: 'key' } });
    gate.decide(WHO, { cost: 40 });
    gate.clock.advance(59_999);
    expect(gate.left()).toEqual([60]);
    gate.clock.advance(1);
    expect(gate.left()).toEqual([left]);
  });

  it.each([
    [{ hold: '1m' }, 60],
    [{ hold: '1m', lost: 'return' }, 100],
  ] as const)(
    'leaving the block without a word does the same at once, also by an exception: %j',
    async (words, left) => {
      const gate = gateAt({ stored: { level: 100, ...words, per: 'key' }, ...JOBS });
      const fails = async (): Promise<void> => {
        await using decision = gate.decide(WHO, { cost: { stored: 40 } });
        throw new Error(`upload failed: ${String(decision.allowed)}`);
      };
      await expect(fails()).rejects.toThrow('upload failed: true');
      expect(gate.left()).toEqual([left, 2]);
      {
        using decision = gate.decide(WHO, { cost: { stored: 10 } });
        decision.settle({ stored: 5 });
      }
      expect(gate.left()).toEqual([left - 5, 2]);
    },
  );

  it('may be ended by another request, by its id, and by nobody who leaves a block that only looked it up', () => {
    const gate = gateAt({ ...JOBS, ...MONEY });
    const id = gate.decide(WHO, { cost: { spend: 10 } }).reservation!.id;
    {
      using found = gate.reservation(WHO, id);
      expect(() => found.settle()).toThrow(/^ERR_COST: cost\.spend: expected the units used/);
    }
    expect(gate.reservation({ ...WHO, key: 'k_2' }, 'f'.repeat(32)).release().status).toBe('unknown');
    expect(gate.left()).toEqual([1, 990]);
    expect(gate.reservation(WHO, id).settle({ spend: 4 }).returned).toEqual({ running: 1, spend: 6 });
    expect(gate.reservation(WHO, id).settle({ spend: 4 }).status).toBe('unknown');
  });

  it('renewed, it lives on', () => {
    const gate = gateAt(JOBS);
    const job = gate.decide(WHO);
    for (let i = 0; i < 5; i++) {
      gate.clock.advance(599_999);
      expect([job.renew().status, gate.left()]).toEqual(['ok', [1]]);
    }
    gate.clock.advance(600_000);
    expect([job.renew().status, gate.left()]).toEqual(['unknown', [2]]);
  });

  it.each([
    -1,
    Number.NaN,
    0.5,
    Infinity,
    2 ** 53,
    '3',
    null,
    {},
    { spend: -1 },
    { spend: undefined },
    { other: 1 },
    { running: 1 },
  ])('a settlement for %j is a fault, and what was reserved stays reserved', (costs) => {
    const gate = gateAt({ ...JOBS, ...MONEY });
    const decision = gate.decide(WHO, { cost: { spend: 300 } });
    expect(() => decision.settle(costs as number)).toThrow(/^ERR_COST/);
    expect(gate.left()).toEqual([1, 700]);
    expect(decision.settle(1).returned).toEqual({ running: 1, spend: 299 });
  });

  it('a request id that comes again is told the reservation it has', () => {
    const gate = gateAt(JOBS);
    const [first, again] = [1, 2].map(() => gate.decide(WHO, { requestId: 'r' }));
    expect([again!.replayed, again!.reservation?.id]).toEqual([true, first!.reservation?.id]);
    expect(again!.release().status).toBe('ok');
    expect([first!.release().status, gate.left()]).toEqual(['unknown', [2]]);
  });

  it('is corrected by an operator, in levels and quotas alone', () => {
    const gate = gateAt({ stored: { level: 100, per: 'key' }, ...MONEY, ...JOBS });
    gate.decide(WHO, { cost: 40 });
    expect(gate.adjust(WHO, { stored: -100, spend: 60 }).map(({ remaining }) => remaining)).toEqual([100, 900, 1]);
    expect(() => gate.adjust(WHO, { running: 1 })).toThrow(/^ERR_VERB: adjust: running: expected a level or a quota/);
    expect(() => gate.adjust(WHO, { stores: 1 } as object)).toThrow(/^ERR_COST: cost\.stores: expected one of/);
  });

  it('counts a quota in its period, and a settlement in the period of its decision', () => {
    const gate = gateAt(MONEY, Date.UTC(2026, 0, 31, 23, 59));
    const held = gate.decide(WHO, { cost: 300 });
    gate.decide(WHO, { cost: 100 });
    expect(gate.decide(WHO, { cost: 601 }).retryAfterMs).toBe(60_000);
    gate.clock.advance(60_000);
    expect(gate.decide(WHO, { cost: 200 }).limits[0]).toMatchObject({ remaining: 800, resetInMs: 28 * 86_400_000 });
    expect([held.settle({ spend: 50 }).status, held.settle().status, gate.left()]).toEqual(['ok', 'unknown', [800]]);
    gate.clock.advance(400 * 86_400_000);
    expect(gate.left()).toEqual([1000]);
  });

  it('keeps the calendar it is told: a zone, a billing day, a day on which weeks begin', () => {
    const zone = zoneTable('Europe/Berlin')!;
    const gate = gateAt(
      {
        day: { quota: '5/day', calendar: { zone } },
        month: { quota: '5/month', calendar: { anchor: 31 } },
        week: { quota: '5/week', calendar: { week: 'sunday' } },
        all: { quota: '5/ever' },
      },
      Date.UTC(2026, 2, 29, 0, 30),
    );
    const resets = gate.decide('k').limits.map(({ resetInMs }) => resetInMs! / 3_600_000);
    expect(resets.slice(0, 3)).toEqual([21.5, 47.5, 7 * 24 - 0.5]);
  });

  it('makes ids of 128 random bits, none like another', () => {
    const drawn: number[] = [];
    const next = randomIds((bytes) => {
      drawn.push(bytes.length);
      bytes.fill(drawn.length);
      bytes[bytes.length - 1] = 0xab;
    });
    const ids = Array.from({ length: 257 }, next);
    expect([ids[0], ids[255], ids[256]]).toEqual(['01'.repeat(16), `${'01'.repeat(15)}ab`, '02'.repeat(16)]);
    expect(drawn).toEqual([4096, 4096]);
    const gate = createGate({ limits: { many: { concurrency: 1000, lease: '1m' } } });
    expect(new Set(Array.from({ length: 1000 }, () => gate.decide('k').reservation!.id)).size).toBe(1000);
  });

  it('takes the clock that its store runs on, and says so when it is another', () => {
    const gate = createGate({
      limits: MONEY,
      store: memoryStore({ clock: manualClock({ wallMs: 0 }) }),
      clock: manualClock(),
    });
    expect(() => gate.decide(WHO)).toThrow(/^ERR_STALE: clock: expected the clock that the store runs on/);
  });
});

describe('limits of every kind, read from plain JavaScript', () => {
  it.each([
    [{ concurrency: 5 }, 'lease: expected a duration such as "10m", got undefined'],
    [{ concurrency: 5, lease: 10 }, 'lease: expected a duration such as "10m", got 10'],
    [{ concurrency: 0, lease: '1m' }, 'concurrency: expected a whole number of units from 1 to 2^53 - 1, got 0'],
    [{ concurrency: 5, lease: '1m', hold: '1m' }, 'hold: expected concurrency, lease, hint or per'],
    [{ level: '1GB' }, 'level: expected a whole number of units from 1 to 2^53 - 1, got 1GB'],
    [{ level: 5, lost: 'return' }, 'lost: expected beside hold, which says for how long'],
    [{ level: 5, hold: '1m', lost: 'maybe' }, 'lost: expected keep or return, got "maybe"'],
    [{ level: 5, hint: 'soon' }, 'hint: expected a duration such as "10m", got soon'],
    [{ size: 5, per: 'key', hold: '1m' }, 'hold: expected size alone'],
    [
      { quota: '5/month', algorithm: 'fixed' },
      'algorithm: expected quota, calendar, grants, rollover, hold, lost or per',
    ],
    [{ quota: '5/month', grants: 'yes' }, 'grants: expected true or false, got "yes"'],
    [
      { quota: '5/month', calendar: { anchor: 32 } },
      'calendar.anchor: expected a day of the month from 1 to 31, got 32',
    ],
    [
      { quota: '5/month', calendar: { zone: 'Europe/Berlin' } },
      'calendar.zone: expected what zoneTable() of "headgate/policy" gives',
    ],
    [{ quota: '5/week', calendar: { week: 'someday' } }, 'calendar.week: expected a day such as "monday", got someday'],
    [{ quota: '5/week', calendar: { month: 1 } }, 'calendar.month: expected zone, anchor or week'],
    [{ rate: '5/s', lease: '1m' }, 'lease: expected rate, algorithm, burst or per'],
    [{ rate: '5/s', level: 5 }, 'expected one of rate, quota, concurrency, level, size, got rate and level'],
    [{ per: 'key' }, 'expected one of rate, quota, concurrency, level, size, got none of them'],
  ])('refuses %j', (spec, says) => {
    expect(() => createGate({ limits: { one: spec as unknown as LimitSpec } })).toThrow(
      `ERR_LIMIT: limits.one: ${says}`,
    );
  });

  it.each(['5/30d', '5/hour', '0/day', '5', 'many/day', '1.5/day'])('refuses the quota %s', (quota) => {
    expect(() => createGate({ limits: { one: { quota } } })).toThrow(
      /^ERR_AMOUNT: limits\.one: expected whole units over a day/,
    );
  });

  it('still takes a rate as text, and a rate that holds what it charges', () => {
    const gate = gateAt({ one: '5/minute', tokens: { rate: '100/minute', algorithm: 'bucket', hold: '1m' } } as const);
    const decision = gate.decide('k', { cost: { one: 1, tokens: 60 } });
    expect(decision.settle({ tokens: 10 }).returned).toEqual({ tokens: 50 });
    expect(gate.peek('k').limits.map(({ remaining }) => remaining)).toEqual([4, 90]);
  });
});

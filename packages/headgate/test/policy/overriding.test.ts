import { describe, expect, it } from 'vitest';
import { checkPolicy, lineOf } from '../../src/policy/index.ts';
import { ended } from '../held/ended.ts';
import { atOnce, gateOf, viewOf } from '../gate-of.ts';
import { DAY, HOUR, KEYED, MINUTE, world } from './world.ts';

const by = (who: string): string => `reason: ticket, by: ${who}`;

describe('overlapping overrides', () => {
  const policy = `
identify: { key: { header: X-API-Key, find: keys, keys: { k: { plan: FREE, account: acme } } } }
plans: [FREE, PRO]
limits: { calls: { rate: { FREE: 10/1h, PRO: 20/1h }, per: key, cost: facts.n } }
overrides:
  - { for: { account: acme }, limits: { calls: 30/1h }, from: 2026-05-15T12:10:00Z, until: 2026-05-15T12:40:00Z, ${by('a')} }
  - { for: { account: acme, plan: FREE }, limits: { calls: 50/1h }, from: 2026-05-15T12:20:00Z, until: 2026-05-15T12:30:00Z, ${by('b')} }
  - { for: { account: acme }, plan: PRO, from: 2026-05-15T12:35:00Z, until: 2026-05-15T12:50:00Z, ${by('c')} }
  - { for: { account: acme }, lift: calls, from: 2026-05-15T12:55:00Z, until: 2026-05-15T12:56:00Z, ${by('d')} }
`;
  const subject = { plan: 'FREE', account: 'acme' };

  it('hold one after another, inside one another, and beside one another: each instant has one figure', () => {
    const w = world(policy, '2026-05-15T12:00:00Z');
    const shown: unknown[] = [];
    for (let minute = 0; minute < 60; minute += 5) {
      shown.push(w.ask({ subject, facts: { n: 0 } }).shown['calls']);
      w.clock.advance(5 * MINUTE);
    }
    expect(shown).toEqual([10, 10, 30, 30, 50, 50, 30, 30, 20, 20, 10, undefined]);
  });

  it('are foreseen by a wait, each in its time: it rises within them, falls behind, and is nothing while lifted', () => {
    const w = world(policy, '2026-05-15T12:00:00Z');
    const wait = (n: number): number => w.ask({ subject, facts: { n } }).retryAfterMs;
    expect(w.ask({ subject, facts: { n: 10 } }).allowed).toBe(true);
    expect([wait(1), wait(20), wait(25), wait(100)]).toEqual([10 * MINUTE, 10 * MINUTE, 20 * MINUTE, 55 * MINUTE]);
  });

  it('that are as strong and begin together are refused when they are written', () => {
    const tie = `headgate: 1\n${KEYED}limits: { a: { rate: 1/s } }
overrides:
  - { for: { key: k }, limits: { a: 2/s }, from: 2026-01-01, ${by('a')} }
  - { for: { account: acme }, limits: { a: 3/s }, from: 2026-01-01, until: 2026-02-01, ${by('b')} }`;
    const errors = checkPolicy(tie).filter(({ severity }) => severity === 'error');
    expect(errors.map((one) => lineOf(one))).toEqual([
      expect.stringMatching(/ERR_POLICY_TIE: overrides\[1\]: ties with overrides\[0\]/),
    ]);
  });

  it('may hold a ramp of plans, a schedule, what is set, and custom', () => {
    const w = world(`
identify: { key: { header: X-API-Key, find: keys, keys: { k: { plan: FREE, key.cap: 7 } } } }
plans: [FREE, PRO]
schedules: { night: { spans: 22:00-06:00 } }
limits: { a: { rate: 1/1h, per: key }, b: { rate: custom(2/1h), per: key }, c: { rate: 3/1h, per: key }, d: { rate: custom, per: key } }
overrides:
  - for: { key: k }
    limits:
      a: { FREE: { cases: [{ when: during("night"), use: 40/1h }, { use: 50/1h }] }, PRO: unlimited }
      c: { set: key.cap, default: 5/1h, max: 6/1h }
      d: 9/1h
    from: 2026-01-01
    ${by('a').replace(', ', '\n    ')}`);
    const asked = { subject: { plan: 'FREE', 'key.cap': 7 } };
    expect(w.ask(asked).shown).toEqual({ a: 50, b: 2, c: 6, d: 9 });
    w.clock.advance(11 * HOUR);
    expect(w.ask(asked).shown).toEqual({ a: 40, b: 2, c: 6, d: 9 });
  });
});

describe('an override that ends while a job runs', () => {
  const { ask, clock } = gateOf(`
identify: { key: { header: X-API-Key, find: any } }
limits: { running: { concurrency: 1, per: key, hold: { lease: 2h } } }
overrides: [{ for: { key: k }, limits: { running: 3 }, from: 2026-04-01, until: 2026-04-11T14:00:00Z, reason: launch, by: ops }]`);
  const start = (): ReturnType<typeof ask> => ask();
  const begin = (): Extract<ReturnType<typeof ask>, { kind: 'forward' }> => {
    const handled = start();
    if (handled.kind !== 'forward') throw new Error('expected it to run');
    return handled;
  };

  it('stops no job: those that run go on, none begins until fewer run than the limit allows again', () => {
    const jobs = [begin(), begin(), begin()];
    expect(start().kind).toBe('answer');
    clock.nowMs += HOUR;
    expect(start().kind).toBe('answer');
    jobs[0]?.end(ended({}));
    jobs[1]?.end(ended({}));
    expect(start().kind).toBe('answer');
    jobs[2]?.end(ended({}));
    expect(begin().kind).toBe('forward');
    expect(start().kind).toBe('answer');
  });
});

describe('a plan that changes 100, 50, 200 within a window', () => {
  const of = (units: number, kind: string): string =>
    `${KEYED}limits: { calls: { ${kind.replace('N', String(units))}, per: key } }`;

  it.each([
    ['a fixed window', 'rate: N/1h, algorithm: fixed'],
    ['a sliding window', 'rate: N/1h'],
    ['a quota', 'quota: N/day'],
  ])('of %s keeps what was spent', (_, kind) => {
    const w = world(of(100, kind));
    expect(w.asks(70).remaining).toEqual({ calls: 30 });
    const fewer = w.becomes(of(50, kind));
    expect(fewer.ask()).toMatchObject({ allowed: false, remaining: { calls: 0 } });
    expect(fewer.becomes(of(200, kind)).ask().remaining).toEqual({ calls: 129 });
  });

  it('by the subject’s own plan, its overrides and back: no allowance is earned by going to and fro', () => {
    const w = world(`
identify: { key: { header: X-API-Key, find: keys, keys: { k: { plan: A } } } }
plans: [A, B, C]
limits: { calls: { quota: { A: 100/month, B: 50/month, C: 200/month }, per: key } }`);
    const left = (plan: string): unknown => w.ask({ subject: { plan } }).remaining['calls'];
    for (let i = 0; i < 69; i++) left('A');
    expect([left('A'), left('B'), left('C'), left('B'), left('A')]).toEqual([30, 0, 129, 0, 28]);
    w.clock.advance(31 * DAY);
    expect(left('B')).toBe(49);
  });
});

describe('a function of the program', () => {
  const policy = `limits: { calls: { rate: 10/1h, per: address, cost: { cases: [{ when: 'host("price", 1) > 5', use: 5 }, { use: 3 }] } } }
respond: { headers: { of: calls, dialect: x-ratelimit, reset: delta } }`;
  const left = (price: () => unknown): { readonly left: string | undefined; readonly faults: readonly string[] } => {
    const faults: string[] = [];
    const { gate } = gateOf(policy, {
      hosts: { price },
      hostMs: 20,
      onHostFault: (name, why) => faults.push(`${name}: ${why}`),
    });
    const handled = atOnce(gate.handle(viewOf({ fields: [] })));
    const fields = handled.kind === 'forward' ? handled.settle(200) : handled.fields;
    return { left: fields[fields.findIndex((name) => /remaining/i.test(name)) + 1], faults };
  };

  it('that throws is told of, and costs the most that the cost names', () => {
    const thrown = left(() => {
      throw new Error('no price today');
    });
    expect(thrown).toEqual({ left: '5', faults: [expect.stringMatching(/^price: it threw/)] });
    expect(left(() => 6).left).toBe('5');
    expect(left(() => 1)).toEqual({ left: '7', faults: [] });
  });

  it('that never returns is stopped after its time, told of, and costs the most too', () => {
    const looping = left(() => {
      for (;;);
    });
    expect(looping.left).toBe('5');
    expect(looping.faults.length).toBe(1);
  });
});

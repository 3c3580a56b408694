import { describe, expect, it } from 'vitest';
import { checkPolicy, lineOf } from '../../src/policy/index.ts';
import { PlanFault } from '../../src/profile/index.ts';
import { DAY, HOUR, KEYED, MINUTE, SECOND, world, type Asked, type World } from './world.ts';

/*
 * Every decision of the language whose figures this release owes, from the text of a policy to the outcome. The groups
 * bear the decisions' numbers in docs/policy/decisions.md.
 */

const limits = (body: string, before = ''): string => `${KEYED}${before}limits:\n${body}`;
const one = (body: string, before = ''): string => limits(`  a: { ${body} }`, before);
const OPERATIONS =
  'operations: { list: { match: GET /list, group: g }, find: { match: GET /find, group: g }, add: { match: POST /add } }\n';
const of = (subject: NonNullable<Asked['subject']>): Asked => ({ subject });

/** Nobody else coming: denied until the last ms, and then admitted. */
function expectExact(w: World, retryAfterMs: number, asked?: Asked): void {
  w.clock.advance(retryAfterMs - 1);
  expect(w.ask(asked).allowed).toBe(false);
  w.clock.advance(1);
  expect(w.ask(asked).allowed).toBe(true);
}

describe('1: a denied request', () => {
  it('counts nowhere: neither on the limit that denies it nor on those that would have admitted it', () => {
    const w = world(limits('  a: { rate: 2/minute, algorithm: fixed }\n  b: { rate: 10/hour, algorithm: fixed }'));
    expect(w.asks(2).remaining).toEqual({ a: 0, b: 8 });
    const denied = w.asks(50);
    expect(denied).toMatchObject({ allowed: false, binding: 'a', remaining: { a: 0, b: 8 }, retryAfterMs: MINUTE });
    expectExact(w, MINUTE);
  });

  it('counts where attempts count, also what another limit, a precondition or a plan without it refused', () => {
    const w = world(
      `${KEYED}require: { open: { that: 'facts.open == true', else: { status: 403 } } }\nlimits:\n  tries: { rate: 5/minute, algorithm: fixed, count: attempts }\n  a: { rate: 1/minute, algorithm: fixed }`,
    );
    expect(w.ask({ facts: { open: true } })).toMatchObject({ allowed: true, remaining: { tries: 4, a: 0 } });
    expect(w.ask({ facts: { open: true } })).toMatchObject({ allowed: false, remaining: { tries: 3 } });
    expect(w.ask({ facts: { open: false } })).toMatchObject({
      allowed: false,
      refused: 'require.open',
      remaining: { tries: 2 },
    });
    expect(w.asks(3, { facts: { open: true } })).toMatchObject({ allowed: false, remaining: { tries: 0 } });
  });
});

describe('2: of several limits that deny', () => {
  it('the one with the longest wait speaks, the first in the file among equals; the wait is the longest', () => {
    const w = world(
      limits(
        '  a: { rate: 1/10s, algorithm: fixed }\n  b: { rate: 1/minute, algorithm: fixed }\n  c: { rate: 1/minute, algorithm: fixed }',
      ),
    );
    w.ask();
    expect(w.ask()).toMatchObject({ no: 'until', binding: 'b', retryAfterMs: MINUTE });
  });

  it('never beats any wait', () => {
    const w = world(limits('  a: { rate: 1/hour, algorithm: fixed, cost: 1 }\n  b: { size: 10 }'));
    w.ask();
    expect(w.ask({ bytes: 11 })).toMatchObject({ no: 'never', binding: 'b', retryAfterMs: -1 });
  });
});

describe('4: 100 a minute', () => {
  it('is never more than 100 in any minute, unless the policy says how else', () => {
    const sliding = world(one('rate: 100/minute'));
    sliding.asks(50);
    sliding.clock.advance(59 * SECOND);
    sliding.asks(50);
    sliding.clock.advance(SECOND - 1);
    expect(sliding.ask().allowed).toBe(false);
    const fixed = world(one('rate: 100/minute, algorithm: fixed'));
    fixed.ask();
    fixed.clock.advance(MINUTE - 1);
    expect(fixed.asks(99)).toMatchObject({ allowed: true, remaining: { a: 0 } });
    fixed.clock.advance(1);
    expect(fixed.asks(100)).toMatchObject({ allowed: true, remaining: { a: 0 } });
  });

  it('as a bucket refills one by one', () => {
    const w = world(one('rate: 60/minute, algorithm: bucket'));
    w.asks(60);
    expect(w.ask()).toMatchObject({ allowed: false, retryAfterMs: SECOND });
    expectExact(w, SECOND);
  });
});

describe('5: a fixed window begins', () => {
  const at = '2026-05-15T12:00:17.250Z';

  it('with the caller’s first request', () => {
    const w = world(one('rate: 1/minute, algorithm: fixed'), at);
    expect(w.ask().resetInMs).toEqual({ a: MINUTE });
    w.clock.advance(5 * SECOND);
    expect(w.ask({ subject: { key: 'other' } }).resetInMs).toEqual({ a: MINUTE });
  });

  it('on the clock, where it says so: the same instant for all', () => {
    const w = world(one('rate: 1/minute, algorithm: fixed, align: clock'), at);
    expect(w.ask().resetInMs).toEqual({ a: 42_750 });
    expect(w.ask(of({ key: 'other' })).resetInMs).toEqual({ a: 42_750 });
  });

  it('at a phase of the caller’s own, where it is spread', () => {
    const w = world(one('rate: 1/minute, algorithm: fixed, align: spread'), at);
    const resets = Array.from({ length: 40 }, (_, i) => w.ask(of({ key: `k${i}` })).resetInMs['a'] ?? 0);
    expect(new Set(resets).size).toBeGreaterThan(30);
    for (const reset of resets) expect(reset).toBeLessThanOrEqual(MINUTE);
  });
});

describe('6: a day', () => {
  it('in words is from midnight to midnight; 24h rolls', () => {
    const day = world(one('quota: 1/day'), '2026-05-15T23:59:00Z');
    day.ask();
    expect(day.ask()).toMatchObject({ allowed: false, retryAfterMs: MINUTE });
    expectExact(day, MINUTE);
    const rolling = world(one('rate: 1/24h, algorithm: fixed'), '2026-05-15T23:59:00Z');
    rolling.ask();
    expect(rolling.ask()).toMatchObject({ allowed: false, retryAfterMs: DAY });
  });

  it.each([
    ['rate: 100/day', ['quota: 100/day', 'rate: 100/24h']],
    ['rate: 100/month', ['quota: 100/month', 'rate: 100/720h']],
    ['quota: 100/24h', ['rate: 100/24h']],
    ['quota: 100/minute', ['rate: 100/minute']],
    ['rate: 100/1d', ['rate: 100/24h']],
  ])('as %s is refused, with what it may have meant', (written, corrections) => {
    const [problem] = checkPolicy(`headgate: 1\n${one(written)}`);
    expect(problem?.code).toBe('ERR_POLICY_PERIOD');
    for (const correction of corrections) expect(problem?.rule).toContain(correction);
  });

  it('of 23 or 25 hours is one day', () => {
    const berlin = one('quota: 1/day, calendar: { zone: Europe/Berlin }');
    const spring = world(berlin, '2026-03-28T23:00:00Z');
    spring.ask();
    expect(spring.ask().retryAfterMs).toBe(23 * HOUR);
    expectExact(spring, 23 * HOUR);
    const autumn = world(berlin, '2026-10-24T22:00:00Z');
    autumn.ask();
    expect(autumn.ask().retryAfterMs).toBe(25 * HOUR);
    expectExact(autumn, 25 * HOUR);
  });

  it('31 as an anchor is the last day of a short month, and 31 again', () => {
    const w = world(one('quota: 1/month, calendar: { anchor: 31 }'), '2026-01-31T00:00:00Z');
    for (const days of [28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31]) {
      expect(w.ask().allowed).toBe(true);
      expect(w.ask().retryAfterMs).toBe(days * DAY);
      w.clock.advance(days * DAY - 1);
      expect(w.ask().allowed).toBe(false);
      w.clock.advance(1);
    }
  });

  it('begins a week on Monday, or on the day that is said', () => {
    const friday = '2026-05-15T12:00:00Z';
    const monday = world(one('quota: 1/week'), friday);
    monday.ask();
    expect(monday.ask().retryAfterMs).toBe(2.5 * DAY);
    const sunday = world(one('quota: 1/week, calendar: { week: sunday }'), friday);
    sunday.ask();
    expect(sunday.ask().retryAfterMs).toBe(1.5 * DAY);
  });
});

describe('7: the reset is when the counter is empty again', () => {
  it('the end of a fixed window, whatever was charged since', () => {
    const w = world(one('rate: 10/minute, algorithm: fixed'));
    w.ask();
    w.clock.advance(20 * SECOND);
    expect(w.ask().resetInMs).toEqual({ a: 40 * SECOND });
  });

  it('the end of a quota’s period', () => {
    expect(world(one('quota: 10/month')).ask().resetInMs).toEqual({
      a: Date.UTC(2026, 5, 1) - Date.UTC(2026, 4, 15, 12),
    });
  });

  it('the last charge’s expiry of a sliding window', () => {
    const w = world(one('rate: 10/minute'));
    w.ask();
    w.clock.advance(30 * SECOND);
    const last = w.ask().resetInMs['a'] ?? 0;
    expect(last).toBeGreaterThanOrEqual(MINUTE);
    expect(last).toBeLessThanOrEqual(MINUTE + Math.ceil(MINUTE / 16));
    w.clock.advance(last);
    expect(w.ask().remaining).toEqual({ a: 9 });
  });

  it('a full bucket; its limit is its burst, so that no more than that is ever left', () => {
    const w = world(one('rate: 60/minute, algorithm: bucket, burst: 5'));
    const first = w.ask();
    expect(first).toMatchObject({ shown: { a: 5 }, remaining: { a: 4 }, resetInMs: { a: SECOND } });
    expect(w.asks(2).resetInMs).toEqual({ a: 3 * SECOND });
    w.clock.advance(HOUR);
    expect(w.ask().remaining).toEqual({ a: 4 });
  });
});

describe('8: a cost that a limit can never hold', () => {
  it('is never, with no wait, and reserves nothing', () => {
    const w = world(
      limits('  a: { rate: 10/minute, algorithm: fixed, cost: facts.n }\n  b: { rate: 10/minute, algorithm: fixed }'),
    );
    expect(w.ask({ facts: { n: 11 } })).toMatchObject({
      allowed: false,
      no: 'never',
      retryAfterMs: -1,
      remaining: { a: 10, b: 10 },
    });
    expect(w.ask({ facts: { n: 10 } })).toMatchObject({ allowed: true, remaining: { a: 0, b: 9 } });
  });

  it('is judged by a bucket’s burst', () => {
    const w = world(one('rate: 100/minute, algorithm: bucket, burst: 5, cost: facts.n'));
    expect(w.ask({ facts: { n: 6 } })).toMatchObject({ no: 'never', retryAfterMs: -1 });
    expect(w.ask({ facts: { n: 5 } }).allowed).toBe(true);
  });

  it('is judged by the largest amount that time alone brings', () => {
    const raised =
      'overrides: [{ for: { key: k }, limits: { a: 20/minute }, from: "2026-05-15T12:05:00Z", reason: r, by: b }]\n';
    const w = world(one('rate: 10/minute, algorithm: fixed, cost: facts.n', raised));
    expect(w.ask({ facts: { n: 20 } })).toMatchObject({ no: 'until', retryAfterMs: 5 * MINUTE });
    expect(w.ask({ facts: { n: 21 } })).toMatchObject({ no: 'never' });
    expectExact(w, 5 * MINUTE, { facts: { n: 20 } });
  });
});

describe('9: a cost of zero', () => {
  it('passes where nothing is left, and charges nothing', () => {
    const w = world(one('rate: 1/minute, algorithm: fixed, cost: facts.n'));
    w.ask({ facts: { n: 1 } });
    expect(w.ask({ facts: { n: 1 } }).allowed).toBe(false);
    expect(w.ask({ facts: { n: 0 } })).toMatchObject({ allowed: true, remaining: { a: 0 } });
  });
});

describe('12: one counter', () => {
  it('is shared by operations, and not by callers', () => {
    const w = world(one('rate: 3/minute, algorithm: fixed', OPERATIONS));
    w.ask({ operation: 'list' });
    expect(w.ask({ operation: 'add' }).remaining).toEqual({ a: 1 });
    expect(w.ask(of({ key: 'other' })).remaining).toEqual({ a: 2 });
  });

  it('is one for each operation, or each group, where the partition says so', () => {
    const w = world(
      limits(
        '  a: { rate: 3/minute, algorithm: fixed, per: [key, operation] }\n  b: { rate: 9/minute, algorithm: fixed, per: [key, operation.group] }',
        OPERATIONS,
      ),
    );
    w.ask({ operation: 'list' });
    expect(w.ask({ operation: 'find' }).remaining).toEqual({ a: 2, b: 7 });
    expect(w.ask({ operation: 'add' }).remaining).toEqual({ a: 2, b: 8 });
    expect(w.ask({ operation: 'list' }).remaining).toEqual({ a: 1, b: 6 });
  });

  it('is one for each path where no operation is declared', () => {
    const w = world(one('rate: 3/minute, algorithm: fixed, per: [key, operation]'));
    w.ask({ operation: 'GET /x' });
    expect(w.ask({ operation: 'GET /y' }).remaining).toEqual({ a: 2 });
    expect(w.ask({ operation: 'GET /x' }).remaining).toEqual({ a: 1 });
  });

  it('is not the plan, nor the amount, and outlives a reload that moves, adds and renames what it is not', () => {
    const w = world(one('rate: 100/minute, algorithm: fixed, per: [key, operation]', OPERATIONS));
    w.asks(7, { operation: 'find' });
    const reordered = w.becomes(
      limits(
        '  new: { rate: 5/s }\n  a: { rate: 50/60s, algorithm: fixed, per: [operation, key] }',
        'operations: { get: { match: GET /get }, find: { match: GET /found }, list: { match: GET /list } }\n',
      ),
    );
    expect(reordered.ask({ operation: 'find' }).remaining['a']).toBe(42);
    expect(reordered.ask({ operation: 'list' }).remaining['a']).toBe(49);
  });
});

describe('13: a figure that changes in mid-window', () => {
  const PLANS = 'plans: [A, B, C]\n';
  const table = (algorithm: string, quota = false): string =>
    one(
      quota
        ? `quota: { A: 100/month, B: 50/month, C: 200/month }`
        : `rate: { A: 100/minute, B: 50/minute, C: 200/minute }, algorithm: ${algorithm}`,
      PLANS,
    );

  it.each([
    ['a fixed window', table('fixed')],
    ['a sliding window', table('sliding')],
    ['a bucket', table('bucket')],
    ['a quota', table('', true)],
  ])('leaves 0 of 50 after 70, and 130 of 200, in %s', (_, policy) => {
    const w = world(policy);
    expect(w.asks(70, of({ plan: 'A' })).remaining).toEqual({ a: 30 });
    expect(w.ask(of({ plan: 'B' }))).toMatchObject({ allowed: false, remaining: { a: 0 } });
    expect(w.ask(of({ plan: 'C' })).remaining).toEqual({ a: 129 });
  });

  it('is the same by an override', () => {
    const lowered =
      'overrides: [{ for: { key: k }, limits: { a: 50/minute }, from: "2026-05-15T12:00:20Z", until: "2026-05-15T12:00:30Z", reason: r, by: b }, { for: { key: k }, limits: { a: 200/minute }, from: "2026-05-15T12:00:40Z", reason: r, by: b }]\n';
    const w = world(one('rate: 100/minute, algorithm: fixed', lowered));
    expect(w.asks(70).remaining).toEqual({ a: 30 });
    w.clock.advance(20 * SECOND);
    expect(w.ask()).toMatchObject({ allowed: false, remaining: { a: 0 }, retryAfterMs: 10 * SECOND });
    expectExact(w, 10 * SECOND);
    w.clock.advance(10 * SECOND);
    expect(w.ask().remaining).toEqual({ a: 128 });
  });

  it('to another window carries what was used, as if spent now, up to the new amount', () => {
    const w = world(one('rate: { A: 100/minute, B: 50/30s }, algorithm: fixed', 'plans: [A, B]\n'));
    w.asks(70, of({ plan: 'A' }));
    w.clock.advance(10 * SECOND);
    expect(w.ask(of({ plan: 'B' }))).toMatchObject({
      allowed: false,
      remaining: { a: 0 },
      resetInMs: { a: 30 * SECOND },
    });
    expect(w.ask(of({ plan: 'A' })).remaining).toEqual({ a: 49 });
  });

  it('to and fro earns nobody a fresh allowance', () => {
    const w = world(one('rate: { A: 10/minute, B: 10/30s }', 'plans: [A, B]\n'));
    let admitted = 0;
    for (let i = 0; i < 60; i++) if (w.ask(of({ plan: i % 2 === 0 ? 'A' : 'B' })).allowed) admitted++;
    expect(admitted).toBe(10);
  });

  it('by an attribute or a formula keeps what was used, too', () => {
    const w = world(one('rate: (10 * account.seats)/minute, algorithm: fixed'));
    w.asks(15, of({ 'account.seats': 2 }));
    expect(w.ask(of({ 'account.seats': 1 })).allowed).toBe(false);
    expect(w.ask(of({ 'account.seats': 3 })).remaining).toEqual({ a: 14 });
  });

  it('keeps what is used of a bucket, not what is left', () => {
    const w = world(
      one('rate: { A: 60/minute, B: 60/minute }, burst: { A: 10, B: 100 }, algorithm: bucket', 'plans: [A, B]\n'),
    );
    w.asks(10, of({ plan: 'A' }));
    expect(w.ask(of({ plan: 'B' })).remaining).toEqual({ a: 89 });
  });
});

describe('14: of override, plan and schedule', () => {
  const override = (whom: string, says: string, from = '2026-01-01'): string =>
    `{ for: { ${whom} }, ${says}, from: ${from}, reason: r, by: b }`;
  const shown = (
    body: string,
    overrides: readonly string[],
    subject: NonNullable<Asked['subject']> = {},
  ): number | undefined =>
    world(one(body, `plans: [A, B]\noverrides: [${overrides.join(', ')}]\n`)).ask(of({ plan: 'A', ...subject })).shown[
      'a'
    ];

  it('the override wins over the limit’s own value', () => {
    expect(shown('rate: { A: 1/s, B: 2/s }', [override('key: k', 'limits: { a: 9/s }')])).toBe(9);
    expect(shown('rate: { A: 1/s, B: 2/s }', [override('key: other', 'limits: { a: 9/s }')])).toBe(1);
  });

  it('inside a value the first that holds wins', () => {
    const cases =
      'rate: { cases: [{ when: facts.night == true, use: 5/s }, { when: subject.plan == "A", use: 6/s }, { use: 7/s }] }';
    const w = world(one(cases, 'plans: [A, B]\n'));
    expect(w.ask({ subject: { plan: 'A' }, facts: { night: true } }).shown).toEqual({ a: 5 });
    expect(w.ask({ subject: { plan: 'A' }, facts: { night: false } }).shown).toEqual({ a: 6 });
    expect(w.ask({ subject: { plan: 'B' }, facts: { night: false } }).shown).toEqual({ a: 7 });
  });

  it('between overrides the one with more attributes wins, then the later; each says only what it names', () => {
    const general = override('key: k', 'limits: { a: 9/s }', '2026-05-01');
    const particular = override('key: k, account: acme', 'limits: { a: 8/s }');
    const later = override('account: acme', 'limits: { a: 7/s }', '2026-05-02');
    expect(shown('rate: 1/s', [general, particular, later], { account: 'acme' })).toBe(8);
    expect(shown('rate: 1/s', [general, later], { account: 'acme' })).toBe(7);
    expect(
      shown('rate: { A: 1/s, B: 2/s }', [later, override('key: k, account: acme', 'plan: B')], { account: 'acme' }),
    ).toBe(7);
    expect(shown('rate: { A: 1/s, B: 2/s }', [override('key: k', 'plan: B')])).toBe(2);
  });

  it('an override’s figure is itself a value', () => {
    const table = override('key: k', 'limits: { a: { A: 4/s, B: 5/s } }');
    expect(shown('rate: 1/s', [table])).toBe(4);
    expect(shown('rate: 1/s', [table], { plan: 'B' })).toBe(5);
  });

  it.each([
    ['two figures', 'limits: { a: 5/s }', 'limits: { a: 6/s }'],
    ['a figure and a lift', 'limits: { a: 5/s }', 'lift: a'],
    ['a lift and a figure', 'lift: [a]', 'limits: { a: 6/s }'],
    ['two plans', 'plan: A', 'plan: B'],
  ])('a true tie is refused when it is written: %s', (_, first, second) => {
    const text = `headgate: 1\n${one('rate: 1/s', `plans: [A, B]\noverrides: [${override('key: k', first)}, ${override('account: acme', second)}]\n`)}`;
    expect(
      checkPolicy(text)
        .filter(({ severity }) => severity === 'error')
        .map(({ code }) => code),
    ).toEqual(['ERR_POLICY_TIE']);
  });

  it('two lifts, or the same plan twice, are no tie', () => {
    expect(shown('rate: 1/s', [override('key: k', 'lift: a'), override('account: acme', 'lift: a')])).toBeUndefined();
    expect(
      shown('rate: { A: 1/s, B: 2/s }', [override('key: k', 'plan: B'), override('account: acme', 'plan: B')]),
    ).toBe(2);
  });
});

describe('15: what is missing or fails is never free', () => {
  it.each([
    ['a header that is left out', 'request.headers["x-kind"] == "free"'],
    ['an attribute that the caller lacks', 'account.free'],
    ['a division by zero', '1 / request.bytes > 2'],
    ['a value of another type', 'facts.text > 3'],
  ])('a `when` that fails for %s applies', (_, when) => {
    const w = world(one(`rate: 1/minute, when: '${when}'`));
    expect(w.ask().allowed).toBe(true);
    expect(w.ask().allowed).toBe(false);
  });

  it('a precondition that fails does not hold', () => {
    const w = world(`${KEYED}require: { a: { that: 'facts.ok == true', else: { status: 403 } } }`);
    expect(w.ask()).toMatchObject({ allowed: false, refused: 'require.a' });
    expect(w.ask({ facts: { ok: true } }).allowed).toBe(true);
  });

  it('a cost that fails is the largest that its table names', () => {
    const w = world(one('rate: 10/minute, cost: { by: facts.kind, cheap: 1, dear: 7, else: facts.n }'));
    expect(w.ask().remaining).toEqual({ a: 3 });
    expect(w.ask({ facts: { kind: 'cheap' } }).remaining).toEqual({ a: 2 });
  });

  it.each([
    ['the request', 'request.bytes', 400],
    ['the application', 'facts.n', 500],
    ['the directory', 'account.weight', 500],
  ])('a cost that names no figure is the fault of %s', (_, cost, status) => {
    const w = world(one(`rate: 10/minute, cost: ${cost}`));
    let thrown: unknown;
    try {
      w.ask({ bytes: undefined });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(PlanFault);
    expect(thrown).toMatchObject({ code: 'ERR_PLAN_COST', status });
  });

  it.each([-1, Number.NaN, 1e300, '3', null])('a cost of %s is no gift', (n) => {
    const w = world(one('rate: 10/minute, cost: { by: facts.kind, odd: facts.n, else: 4 }'));
    expect(w.ask({ facts: { kind: 'odd', n } }).remaining).toEqual({ a: 6 });
  });

  it('an amount that fails is the least that its value names', () => {
    const w = world(one('rate: { A: 5/minute, B: 50/minute }', 'plans: [A, B]\n'));
    expect(w.ask(of({ plan: 'gone' })).shown).toEqual({ a: 5 });
    expect(w.ask().shown).toEqual({ a: 5 });
  });

  it('a partition part that is missing is the one counter of all who lack it, and no value anybody can send', () => {
    const w = world(one('rate: 5/minute, per: account'));
    w.ask();
    expect(w.ask(of({ key: 'other' })).remaining).toEqual({ a: 3 });
    expect(w.ask(of({ account: 'absent' })).remaining).toEqual({ a: 4 });
    expect(w.ask(of({ account: '' })).remaining).toEqual({ a: 4 });
    expect(w.ask().remaining).toEqual({ a: 2 });
  });

  it('is warned of where identity does not guarantee the attribute', () => {
    const text = `headgate: 1\n${one('rate: 5/minute, per: account, when: user.staff')}`;
    expect(
      checkPolicy(text)
        .map((problem) => lineOf(problem))
        .join('\n'),
    ).toMatch(/WARN_POLICY_ATTRIBUTE: limits\.a\.per.*\n.*WARN_POLICY_ATTRIBUTE: limits\.a\.when/);
  });

  it('unless the policy says with has(…) or "else" what is meant', () => {
    const w = world(one(`rate: 1/minute, when: 'has(facts.kind) && facts.kind == "paid"'`));
    expect(w.asks(5)).toMatchObject({ allowed: true, remaining: {} });
    const priced = world(one('rate: 10/minute, cost: { by: facts.kind, dear: 7, else: 2 }'));
    expect(priced.ask().remaining).toEqual({ a: 8 });
  });
});

describe('17: blocks', () => {
  it('begin at the denial that sets them, end by themselves, are not lengthened by trying, and charge nothing', () => {
    const w = world(one('rate: 1/s, algorithm: fixed, past: { block: { for: 1m } }'));
    expect(w.asks(2)).toMatchObject({ allowed: false, retryAfterMs: MINUTE });
    w.clock.advance(30 * SECOND);
    expect(w.asks(9)).toMatchObject({ allowed: false, retryAfterMs: 30 * SECOND, remaining: { a: 1 } });
    w.clock.advance(30 * SECOND);
    expect(w.ask()).toMatchObject({ allowed: true });
  });
});

describe('18: what may be used beyond the amount', () => {
  it('is not promised by a grace: what is shown, and left, is of the amount', () => {
    const w = world(one('rate: 10/minute, algorithm: fixed, past: { at: 120%, deny: exceeded }'));
    expect(w.asks(12)).toMatchObject({ allowed: true, shown: { a: 10 }, remaining: { a: 0 } });
    expect(w.ask()).toMatchObject({ allowed: false, retryAfterMs: MINUTE });
  });

  it('is not told: nothing is left below 0, and the limit that is shown is the amount', () => {
    const w = world(one('rate: { A: 100/minute, B: 10/minute }, algorithm: fixed', 'plans: [A, B]\n'));
    w.asks(70, of({ plan: 'A' }));
    expect(w.ask(of({ plan: 'B' }))).toMatchObject({ shown: { a: 10 }, remaining: { a: 0 } });
  });
});

describe('20: what does not apply', () => {
  it('leaves no counter and no row, as what is unlimited does', () => {
    const w = world(
      limits(
        '  a: { rate: { A: unlimited, B: 1/minute } }\n  b: { rate: 1/s, on: add }',
        `plans: [A, B]\n${OPERATIONS}`,
      ),
    );
    expect(w.asks(9, { subject: { plan: 'A' } })).toMatchObject({ allowed: true, remaining: {}, shown: {} });
    expect(w.store.stats().records).toBe(0);
    expect(w.asks(2, { subject: { plan: 'B' } }).allowed).toBe(false);
  });

  it('is refused where the plan lacks it', () => {
    const w = world(
      one(
        'rate: { A: none, B: 1/minute }, past: upgrade',
        'plans: [A, B]\nrespond: { answers: { upgrade: { status: 402 } } }\n',
      ),
    );
    expect(w.ask(of({ plan: 'A' }))).toMatchObject({ allowed: false, refused: 'upgrade', retryAfterMs: 0 });
  });
});

describe('21: who was not identified', () => {
  const nobody = { auth: '', key: undefined };

  it('reaches only limits on the address, or on all, and wears out nobody’s counter', () => {
    const w = world(
      limits(
        '  a: { rate: 5/minute, per: key }\n  b: { rate: 5/minute, per: address }\n  c: { rate: 5/minute, per: global }\n  d: { rate: 5/minute, per: [address, account] }',
      ),
    );
    expect(w.ask(of(nobody)).remaining).toEqual({ b: 4, c: 4 });
    expect(w.ask().remaining).toEqual({ a: 4, b: 3, c: 3, d: 4 });
  });

  it('is asked for preconditions before any counter is touched', () => {
    const w = world(
      `${KEYED}require: { a: { that: 'subject.auth == "key"', else: { status: 401 } } }\nlimits: { b: { rate: 5/minute, per: address } }`,
    );
    expect(w.ask(of(nobody))).toMatchObject({ allowed: false, refused: 'require.a' });
    expect(w.ask().remaining).toEqual({ b: 4 });
  });
});

describe('22: when the store does not answer', () => {
  it('rates and permits are judged locally, quotas, levels and money closed, unless the limit says how else', () => {
    const { policy } = world(
      limits(
        '  a: { rate: 1/s }\n  b: { quota: 1/day }\n  c: { rate: 1/s, fail: open }\n  d: { quota: 1/day, fail: local }\n  e: { concurrency: 1 }\n  f: { level: 1 }\n  g: { rate: $1/h, cost: 0.1 }',
      ),
    );
    expect(policy.limits.map(({ fail }) => fail)).toEqual([
      'local',
      'closed',
      'open',
      'local',
      'local',
      'closed',
      'closed',
    ]);
  });
});

describe('23: rounding', () => {
  it('takes amounts down and costs up', () => {
    const w = world(one('rate: (account.seats * 1.5)/minute, algorithm: fixed, cost: facts.n'));
    expect(w.ask({ subject: { 'account.seats': 5 }, facts: { n: 1.01 } })).toMatchObject({
      shown: { a: 7 },
      remaining: { a: 5 },
    });
    expect(w.ask({ subject: { 'account.seats': 5 }, facts: { n: 5.5 } })).toMatchObject({ no: 'until' });
    expect(w.ask({ subject: { 'account.seats': 5 }, facts: { n: 7.01 } })).toMatchObject({ no: 'never' });
  });

  it('takes waits up to the first ms at which the request is admitted', () => {
    const w = world(one('rate: 7/s, algorithm: bucket'));
    w.asks(7);
    expect(w.ask().retryAfterMs).toBe(143);
    expectExact(w, 143);
  });

  it('keeps decimals exact', () => {
    const w = world(one('rate: 0.1/s, algorithm: fixed'));
    w.ask();
    expect(w.ask().retryAfterMs).toBe(10 * SECOND);
    const odd = world(one('rate: 1/1.005s, algorithm: fixed'));
    odd.ask();
    expect(odd.ask().retryAfterMs).toBe(1005);
  });
});

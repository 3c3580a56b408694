import { describe, expect, it } from 'vitest';
import { answered, gateOf, KEY, type Asked, type Spec } from '../gate-of.ts';

const SECOND = 1000;
const MINUTE = 60_000;
const HOUR = 3_600_000;

const BINANCE = `identify: { anonymous: true }
unidentified: unlimited
operations: { api: { match: ANY /api/** }, other: { match: ANY /** } }
limits:
  weight:   { rate: 60/1m, algorithm: fixed, align: clock, per: address, on: [api] }
  stubborn: { rate: 20/1m, count: { denials: [weight] }, per: address, past: { block: { for: [2m, 10m, 1h, 6h, 24h, 72h], forget: 72h, on: [api], answer: banned } } }
respond:
  answers: { banned: { status: 418, headers: { Retry-After: "{retryAfter}" }, body: { code: -1003, msg: "IP banned until {retryAt:epochMs}." } } }`;

const api: Spec = { target: '/api/v3/depth' };
const statusOf = (at: Asked, spec?: Spec): number => {
  const handled = at.ask(spec);
  return handled.kind === 'forward' ? 200 : handled.status;
};
const times = (count: number, at: Asked, spec?: Spec): number[] =>
  Array.from({ length: count }, () => statusOf(at, spec));
const waitOf = (at: Asked, spec?: Spec): number | undefined => answered(at.ask(spec)).denial?.retryAfterMs;

describe('an exchange that bans who ignores 429', () => {
  /** Sixty that pass, twenty that are refused, and the one that is too much. */
  function offend(at: Asked): number {
    at.clock.nowMs = Math.ceil(at.clock.nowMs / MINUTE) * MINUTE;
    expect(times(60, at, api).every((status) => status === 200)).toBe(true);
    expect(times(20, at, api).every((status) => status === 429)).toBe(true);
    const banned = answered(at.ask(api));
    expect(banned.status).toBe(418);
    expect(banned.field('Retry-After')).toBe(String(Math.ceil((banned.denial?.retryAfterMs ?? 0) / SECOND)));
    expect(banned.json()).toEqual({
      code: -1003,
      msg: `IP banned until ${at.clock.nowMs + (banned.denial?.retryAfterMs ?? 0)}.`,
    });
    return banned.denial?.retryAfterMs ?? 0;
  }

  it('bans for 2 minutes, then 10, then an hour, and so on, and begins again when it has forgotten', () => {
    const at = gateOf(BINANCE);
    for (const ban of [2 * MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR, 72 * HOUR, 72 * HOUR]) {
      expect(offend(at)).toBe(ban);
      at.clock.nowMs += ban;
    }
    at.clock.nowMs += 72 * HOUR;
    expect(offend(at)).toBe(2 * MINUTE);
  });

  it('does not lengthen a ban by trying, nor counts what a ban refuses', () => {
    const at = gateOf(BINANCE);
    const ban = offend(at);
    at.clock.nowMs += MINUTE;
    expect(times(100, at, api).every((status) => status === 418)).toBe(true);
    expect(waitOf(at, api)).toBe(ban - MINUTE);
    at.clock.nowMs += ban - MINUTE - 1;
    expect(statusOf(at, api)).toBe(418);
    at.clock.nowMs += 1;
    // A fresh minute, in which nothing was denied yet.
    expect(times(60, at, api).every((status) => status === 200)).toBe(true);
    expect(times(20, at, api).every((status) => status === 429)).toBe(true);
    expect(statusOf(at, api)).toBe(418);
  });

  it('never punishes whoever waits as told', () => {
    const at = gateOf(BINANCE);
    for (let i = 0; i < 40; i++) {
      times(60, at, api);
      at.clock.nowMs += waitOf(at, api) ?? NaN;
      expect(statusOf(at, api)).toBe(200);
      at.clock.nowMs += MINUTE;
    }
  });

  it('bans one address, from what it is banned from', () => {
    const at = gateOf(BINANCE);
    offend(at);
    expect(statusOf(at, { ...api, peer: '198.51.100.7' })).toBe(200);
    expect(statusOf(at, { target: '/status' })).toBe(200);
  });

  it('does not outlast itself where the clock goes back', () => {
    const at = gateOf(BINANCE);
    const ban = offend(at);
    at.clock.nowMs -= HOUR;
    expect(waitOf(at, api)).toBeLessThanOrEqual(ban);
  });
});

describe('a block', () => {
  const calls = (block: string, rest = ''): string =>
    `${KEY}operations: { list: { match: GET /list }, put: { match: PUT /put, tags: [writes] } }
limits:
  calls: { rate: 1/m, algorithm: fixed, per: key, on: list, past: { block: ${block} } }${rest}`;
  const list: Spec = { target: '/list' };
  const put: Spec = { target: '/put', method: 'PUT' };

  it('holds for what its limit is for, and elsewhere where it says so', () => {
    const own = gateOf(calls('{ for: 5m }'));
    times(2, own, list);
    expect([statusOf(own, list), statusOf(own, put)]).toEqual([429, 200]);
    const writes = gateOf(calls('{ for: 5m, on: [writes] }'));
    times(2, writes, list);
    writes.clock.nowMs += MINUTE;
    expect([statusOf(writes, put), statusOf(writes, list)]).toEqual([429, 200]);
    const all = gateOf(calls('{ for: 5m, on: [all], answer: { status: 403 } }'));
    times(2, all, list);
    expect([statusOf(all, put), statusOf(all, list)]).toEqual([403, 403]);
  });

  it('keeps out whom it names, and not whose counter it was', () => {
    const at = gateOf(calls('{ for: 5m, per: address, on: all }'));
    const as = (key: string, peer: string): Spec => ({ ...list, peer, fields: [['X-API-Key', key]] });
    times(2, at, as('a', '192.0.2.1'));
    expect(statusOf(at, as('b', '192.0.2.1'))).toBe(429);
    at.clock.nowMs += MINUTE;
    expect([statusOf(at, as('b', '192.0.2.1')), statusOf(at, as('a', '192.0.2.9'))]).toEqual([429, 200]);
  });

  it('lasts as long as the limit would refuse, where it says wait', () => {
    const at = gateOf(calls('{ for: wait, on: all }'));
    at.ask(list);
    at.clock.nowMs += 20 * SECOND;
    expect(waitOf(at, list)).toBe(40 * SECOND);
    expect(statusOf(at, put)).toBe(429);
    at.clock.nowMs += 40 * SECOND;
    expect(statusOf(at, put)).toBe(200);
  });

  it('begins anew with every try, where it says extend', () => {
    const at = gateOf(calls('{ for: 5m, extend: true }'));
    times(2, at, list);
    at.clock.nowMs += 4 * MINUTE;
    expect(waitOf(at, list)).toBe(5 * MINUTE);
    at.clock.nowMs += 5 * MINUTE;
    expect(statusOf(at, list)).toBe(200);
  });

  it('is an attempt for limits that count attempts, and no denial', () => {
    const at = gateOf(
      calls(
        '{ for: 1h, on: all }',
        `
  tries: { rate: 5/h, algorithm: fixed, per: key, count: attempts, past: { status: 402 } }
  seen:  { rate: 100/h, algorithm: fixed, per: key, count: { denials: [calls] } }
respond: { headers: { of: [tries, seen], fields: { X-Used: "{used}" } } }`,
      ),
    );
    times(4, at, list);
    expect(answered(at.ask(list)).field('X-Used')).toBe('5, 1');
  });

  it('is lifted with its limit, by an override', () => {
    const at = gateOf(`${calls('{ for: 1h, on: all }')}
overrides: [{ for: { key: k }, lift: calls, from: 2026-04-11T13:10:00Z, reason: r, by: b }]`);
    times(2, at, list);
    at.clock.nowMs += 9 * MINUTE;
    expect(statusOf(at, put)).toBe(429);
    at.clock.nowMs += MINUTE;
    expect([statusOf(at, put), statusOf(at, list)]).toEqual([200, 200]);
  });

  it('takes its length from values, for whoever is kept out', () => {
    const at = gateOf(`${KEY}plans: [A, B]
derive: { plan: 'request.headers["x-plan"]' }
limits: { a: { rate: 1/m, per: key, past: { block: { for: { A: 2m, B: 1h } } } } }`);
    const as = (plan: string): Spec => ({
      fields: [
        ['X-API-Key', plan],
        ['X-Plan', plan],
      ],
    });
    expect(['A', 'B'].map((plan) => (at.ask(as(plan)), waitOf(at, as(plan))))).toEqual([2 * MINUTE, HOUR]);
  });

  it('of a batch is set by any of its elements', () => {
    const at = gateOf(
      `${KEY}limits: { a: { rate: 1/m, algorithm: fixed, per: 'each(request.query["to"].split(","))', past: { block: { for: 1h, per: key, on: all } } } }`,
    );
    expect(statusOf(at, { target: '/?to=x' })).toBe(200);
    expect(statusOf(at, { target: '/?to=x,y' })).toBe(429);
    at.clock.nowMs += MINUTE;
    expect(waitOf(at, { target: '/?to=z' })).toBe(HOUR - MINUTE);
  });
});

describe('a limit that counts denials', () => {
  it('refuses nobody who is let in elsewhere, and keeps out who is denied too often', () => {
    const at = gateOf(`${KEY}limits:
  stubborn: { rate: 3/10m, algorithm: fixed, per: key, count: { denials: [calls] }, past: { status: 403 } }
  calls: { rate: 1/m, algorithm: fixed, per: key }`);
    expect(times(4, at)).toEqual([200, 429, 429, 429]);
    at.clock.nowMs += MINUTE;
    // Three were counted: whoever waits is let in all the same, and the next denial is one too many.
    expect(times(2, at)).toEqual([200, 403]);
    expect(waitOf(at)).toBe(9 * MINUTE);
    at.clock.nowMs += 9 * MINUTE;
    expect(statusOf(at)).toBe(200);
  });
});

import { describe, expect, it } from 'vitest';
import type { Ending } from '../../src/http/index.ts';
import { forwarded, KEY, type Spec } from '../gate-of.ts';
import { ended, said } from './ended.ts';
import { world, type World } from './world.ts';

/** A day and a month at once, off unless they are set, fifty cents reserved and the actual read from the body. */
const SPENDING = `identify: { key: { header: X-API-Key, find: keys, keys: { "capped": { key.daily: 2, key.monthly: 3 }, "free": { name: free }, "odd": { key.daily: lots }, "zero": { key.daily: 0 } } } }
meters: { spend: { unit: USD, cost: { reserve: 0.5, actual: response.body.cost } } }
limits:
  daily:   { quota: { set: (key.daily)/day, default: unlimited, max: $100/day }, per: key, cost: spend, past: [{ at: 50%, notify: owner }, { at: 80%, notify: owner }, { at: 100%, notify: owner }, { deny: spent }] }
  monthly: { quota: { set: (key.monthly)/month, default: unlimited }, per: key, cost: spend, past: spent }
respond: { headers: [{ of: daily, fields: { X-Spent: '{used}' } }, { of: monthly, fields: { X-Spent-Monthly: '{used}' } }], answers: { spent: { status: 402, body: { error: '{name}', spent: '{used}', of: '{limit}', text: '{used} of {limit} {unit}' } } } }
notify: { owner: { log: warn } }`;

const by = (key: string): Spec => ({ method: 'POST', fields: [['X-API-Key', key]] });
const CAPPED = by('capped');
const DAY_MS = 86_400_000;

/** What is spent this day and this month, as the next request is told: its own estimate is in it. */
function spentWithNext({ ask }: World): readonly [day: number, month: number] {
  const [, day, , month] = forwarded(ask(CAPPED)).settle(200);
  return [Number(day), Number(month)];
}

describe('a budget', () => {
  it('is off for whoever has set none, and what is set as no number allows nothing', () => {
    const { passes } = world(SPENDING);
    expect([passes(by('free')), passes(by('odd')), passes(by('zero'))]).toEqual([true, false, false]);
  });

  it('reserves an estimate, charges what it was, and answers as it is documented when it is spent', () => {
    const { send, refusal, passes } = world(SPENDING);
    send(CAPPED, { cost: 1.1 });
    send(CAPPED, { cost: 0.3 });
    expect(passes(CAPPED)).toBe(true);
    send(CAPPED, { cost: 0.2 });
    expect(refusal(CAPPED)).toEqual({ error: 'daily', spent: 1.6, of: 2, text: '1.6 of 2 USD' });
  });

  it('of a month lasts longer than that of a day', () => {
    const { send, refusal, clock } = world(SPENDING);
    send(CAPPED, { cost: 1.9 });
    clock.nowMs += DAY_MS;
    send(CAPPED, { cost: 0.8 });
    expect(refusal(CAPPED)['error']).toBe('monthly');
  });

  it('counts what is under way: parallel requests cannot spend more than their reserves leave', () => {
    const { ask, passes } = world(SPENDING);
    const running = [1, 2, 3, 4].map(() => forwarded(ask(CAPPED)));
    expect(passes(CAPPED)).toBe(false);
    running[0]?.end(said({ cost: 0 }));
    expect(passes(CAPPED)).toBe(true);
  });

  it('that is overspent by one answer waits for the next period, and tells all that was spent', () => {
    const { send, refusal, clock, passes } = world(SPENDING);
    send(CAPPED, { cost: 2.25 });
    expect(refusal(CAPPED)['spent']).toBe(2.25);
    clock.nowMs += DAY_MS;
    send(CAPPED, { cost: 5 });
    expect(refusal(CAPPED)).toMatchObject({ error: 'monthly', spent: 7.25 });
    clock.nowMs += 31 * DAY_MS;
    expect(passes(CAPPED)).toBe(true);
  });

  /** What is charged, and of how many limits it is reported as a fault. */
  const COSTS: readonly (readonly [name: string, ending: Partial<Ending>, spent: number, faults: number])[] = [
    ['-5', said({ cost: -5 }), 0.5, 2],
    ['NaN, which JSON has as null', said({ cost: null }), 0.5, 2],
    ['a text', said({ cost: '3' }), 0.5, 2],
    ['1e400', said(JSON.parse('{"cost":1e400}')), 0.5, 2],
    ['finer than a millionth', said({ cost: 0.000_000_1 }), 0.5, 2],
    ['missing', said({}), 0.5, 2],
    ['in a body that is no map', said([1]), 0.5, 2],
    ['in a body that is not JSON', ended({ body: { is: 'unread', why: 'not-json' } }), 0.5, 2],
    ['in a body that is too long', ended({ body: { is: 'unread', why: 'too-long' } }), 0.5, 2],
    ['in a body that was torn', ended({ torn: true, body: { is: 'unread', why: 'torn' } }), 0.5, 2],
    ['never told, since the API never answered', ended({ status: undefined }), 0.5, 0],
    ['none, since the API was not reached', ended({ status: undefined, reached: false }), 0, 0],
    ['a tenth and two tenths', said({ cost: 0.1 + 0.2 }), 0.3, 0],
    ['nothing', said({ cost: 0 }), 0, 0],
    ['of a failure that has its price', said({ cost: 0.25 }, 500), 0.25, 0],
  ];

  it.each(COSTS)('is charged as stated for a cost that is %s', (_, ending, spent, faults) => {
    const w = world(SPENDING);
    w.sendEnding(CAPPED, ending);
    expect(spentWithNext(w)).toEqual([spent + 0.5, spent + 0.5]);
    expect(w.reports.map(({ is }) => is)).toEqual(Array.from({ length: faults }, () => 'cost'));
  });

  it('is settled by the API, by the name of the meter and in dollars, and never twice', () => {
    const w = world(SPENDING);
    const { ask, gate } = w;
    const first = forwarded(ask(CAPPED));
    const id = first.hands[1] ?? '';
    for (const cost of [-5, NaN, Infinity, 0.000_000_1])
      expect(() => gate.resolve(id, { settle: { spend: cost } })).toThrow(
        'ERR_SETTLE: settle.spend: expected a number',
      );
    expect(() => gate.resolve(id, { settle: { tokens: 5 } })).toThrow('holds nothing called "tokens"; it holds daily');
    expect(gate.resolve(id, { settle: { spend: 0.75 } })).toBe('ok');
    expect(gate.resolve(id, { settle: { spend: 0.1 } })).toBe('unknown');
    first.end(said({ cost: 0.01 }));
    expect(spentWithNext(w)).toEqual([1.25, 1.25]);
  });

  it('that is renewed and settled after midnight is charged to the day it was made in', () => {
    const w = world(SPENDING);
    const { ask, clock, gate } = w;
    const late = forwarded(ask(CAPPED));
    for (let i = 0; i < 24 * 60; i++) {
      clock.nowMs += 60_000;
      gate.tend();
    }
    late.end(said({ cost: 1.5 }));
    expect(spentWithNext(w)).toEqual([0.5, 2]);
  });

  it('tells of fills as they are reached, once a period and counter', () => {
    const { send, clock, notices } = world(SPENDING);
    const told = (): string[] => notices.splice(0).map(({ limit, percent, used }) => `${limit} ${percent}% ${used}`);
    send(CAPPED, { cost: 0.4 });
    expect(told()).toEqual([]);
    send(CAPPED, { cost: 0.8 });
    expect(told()).toEqual(['daily 50% 1.2']);
    send(CAPPED, { cost: 0.3 });
    expect(told()).toEqual(['daily 80% 1.7']);
    send(CAPPED, { cost: 0.5 });
    expect(told()).toEqual(['daily 100% 2']);
    clock.nowMs += DAY_MS;
    send(CAPPED, { cost: 0.1 });
    send(CAPPED, { cost: 0.1 });
    expect(told()).toEqual([]);
    send(CAPPED, { cost: 0.3 });
    expect(told()).toEqual([]);
    send(CAPPED, { cost: 0 });
    expect(told()).toEqual(['daily 50% 1']);
  });

  it('tells of what an answer fills, though nobody asks after it, all fills at once', () => {
    const { send, notices } = world(SPENDING);
    send(CAPPED, { cost: 5 });
    expect(notices.map(({ percent, used }) => [percent, used])).toEqual([50, 80, 100].map((fill) => [fill, 5]));
  });

  it('tells of what the API fills when it settles', () => {
    const { ask, gate, notices } = world(SPENDING);
    const [, id = ''] = forwarded(ask(CAPPED)).hands;
    expect([notices.length, gate.resolve(id, { settle: { spend: 1.7 } })]).toEqual([0, 'ok']);
    expect(notices.map(({ limit, percent, used }) => [limit, percent, used])).toEqual([
      ['daily', 50, 1.7],
      ['daily', 80, 1.7],
    ]);
  });

  it.each<[what: string, refused: Spec, percents: readonly number[]]>([
    ['another limit refused what would have reached it', { method: 'POST' }, []],
    ['it could never hold what was asked for', { method: 'PUT' }, []],
    ['it refused what would have passed it', { method: 'DELETE' }, [50, 100]],
  ])('tells of a fill only where it is on the way to it: %s', (_, refused, percents) => {
    const { passes, send, notices } = world(`${KEY}limits:
  few: { quota: 2/day, per: key, cost: { by: request.method, POST: 3, else: 1 } }
  many:
    quota: 10/day
    per: key
    cost: { by: request.method, POST: 6, PUT: 11, DELETE: 9, else: 2 }
    past: [{ at: 50%, notify: owner }, { at: 100%, notify: owner }, { deny: exceeded }]
notify: { owner: { log: warn } }`);
    send({});
    expect(passes(refused)).toBe(false);
    expect(notices.map(({ percent }) => percent)).toEqual(percents);
  });

  it('tells of a fill once, though what was reserved came back in between', () => {
    const { ask, send, notices } = world(SPENDING);
    const running = [1, 2, 3].map(() => forwarded(ask(CAPPED)));
    for (const one of running) one.end(said({ cost: 0 }));
    send(CAPPED, { cost: 0 });
    for (let i = 0; i < 3; i++) send(CAPPED, { cost: 0.4 });
    expect(notices.map(({ percent }) => percent)).toEqual([50]);
  });

  it('is set right by an operator, in dollars', () => {
    const w = world(SPENDING);
    const of = { subject: { auth: 'key', address: '192.0.2.1', key: 'capped', 'key.daily': 2, 'key.monthly': 3 } };
    expect(w.gate.adjust(of, 'daily', 1.25)).toBe('ok');
    expect(() => w.gate.adjust(of, 'daily', 0.000_000_1)).toThrow(
      'ERR_COST: adjust daily: expected a number of at most 6',
    );
    expect(spentWithNext(w)).toEqual([1.75, 0.5]);
  });
});

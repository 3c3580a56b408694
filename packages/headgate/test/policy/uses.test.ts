import { describe, expect, it } from 'vitest';
import { checkPolicy, lineOf, parsePolicy } from '../../src/policy/index.ts';
import { createPlanner, type Ask } from '../../src/profile/index.ts';
import { decide, type Decided } from '../../src/http/decide.ts';
import { guardStore } from '../../src/http/failing/guarded.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { laterStore } from '../later/later-store.ts';
import { KEYED, world } from './world.ts';

const problems = (text: string): readonly string[] =>
  checkPolicy(`headgate: 1\n${KEYED}${text}`).flatMap((one) => (one.severity === 'error' ? [lineOf(one)] : []));

describe('how a limit stands, read by another', () => {
  it('slows down whoever has used up its credits, instead of refusing it', () => {
    const w = world(
      `${KEYED}
operations: { run: { match: POST /run }, rest: { match: ANY /** } }
limits:
  credits: { quota: 10/month, per: key, on: run }
  slow: { rate: 2/1m, per: key, on: run, when: usage("credits") >= 0.5 }`.replace(
        ', past: [{ at: 1000%, deny: exceeded }]',
        '',
      ),
    );
    for (let i = 0; i < 5; i++) expect(w.ask().shown).toEqual({ credits: 10 });
    expect(w.asks(2)).toMatchObject({ allowed: true, shown: { credits: 10, slow: 2 } });
    expect(w.ask()).toMatchObject({ allowed: false, binding: 'slow', remaining: { credits: 3, slow: 0 } });
    w.clock.advance(120_000);
    expect(w.ask()).toMatchObject({ allowed: true, remaining: { credits: 2 } });
  });

  it('is read before the request is charged, on its own counter, and where the limit itself does not apply', () => {
    const w = world(`${KEYED}
operations: { run: { match: POST /run }, rest: { match: ANY /** } }
limits:
  credits: { rate: 4/1h, per: key, on: run }
  other: { rate: (10 * left("credits") + limit("credits"))/1h, per: key, on: rest }`);
    const other = (key: string): unknown => w.ask({ operation: 'rest', subject: { key } }).shown['other'];
    expect(other('k')).toBe(44);
    w.ask();
    expect([other('k'), other('l')]).toEqual([34, 44]);
  });

  it('makes a request dearer as its limit fills: the cost is a value too', () => {
    const w = world(`${KEYED}
limits: { calls: { rate: 10/1h, per: key, cost: 'left("calls") <= 5 ? 2 : 1' } }`);
    expect(w.asks(5).remaining).toEqual({ calls: 5 });
    expect(w.ask().remaining).toEqual({ calls: 3 });
  });

  it('knows a limit that is unlimited, lacked, lifted, overridden or a bucket', () => {
    const text = (amount: string, more = ''): string => `${KEYED}
limits:
  a: { ${amount}, per: key, when: 'request.method == "PUT"' }
  b: { rate: '(1 + (usage("a") >= 1.0 ? 100 : left("a") > 1000000 ? 10 : limit("a")))/1h', per: key }
${more}`;
    const shown = (amount: string, more?: string): unknown => world(text(amount, more)).ask().shown['b'];
    const override = (says: string): string =>
      `overrides: [{ for: { key: k }, ${says}, from: 2026-01-01, reason: r, by: b }]`;
    expect(shown('rate: unlimited')).toBe(11);
    expect(shown('rate: none')).toBe(101);
    expect(shown('rate: 5/s')).toBe(6);
    expect(shown('rate: 5/s, algorithm: bucket, burst: 7')).toBe(8);
    expect(shown('rate: 5/s', override('limits: { a: 8/s }'))).toBe(9);
  });

  it('keeps the last fifth for emergencies only while another limit is nearly full', () => {
    const w = world(`${KEYED}
limits:
  whole: { rate: 10/1h, per: global }
  own: { rate: 5/1h, per: key, past: [{ at: 60%, when: 'usage("whole") >= 0.5 && facts.urgent != true', deny: exceeded }, { deny: exceeded }] }`);
    const ask = (key: string, urgent: boolean): boolean => w.ask({ subject: { key }, facts: { urgent } }).allowed;
    expect([1, 2, 3, 4].map(() => ask('a', false))).toEqual([true, true, true, true]);
    expect([1, 2, 3, 4].map(() => ask('b', false))).toEqual([true, true, true, false]);
    expect(ask('b', true)).toBe(true);
  });

  it('is read where it does not apply, of an operation that it counts apart', () => {
    const w = world(`${KEYED}
operations: { run: { match: POST /run }, rest: { match: ANY /** } }
limits:
  runs: { rate: 4/1h, per: [key, operation], on: run }
  kinds: { rate: 3/1h, per: operation, on: run }
  other: { rate: '(left("runs") + left("kinds"))/1h', per: key, on: rest }`);
    w.ask();
    expect(w.ask({ operation: 'rest' }).shown).toEqual({ other: 7 });
  });

  it('is read in the order in which figures need one another', () => {
    const w = world(`${KEYED}
limits:
  a: { rate: (limit("b") + 1)/1h, per: key }
  b: { rate: (limit("c") + 1)/1h, per: key }
  c: { rate: 5/1h, per: key }`);
    expect(w.ask().shown).toEqual({ a: 7, b: 6, c: 5 });
  });

  it('is read of money as it is written', () => {
    const w = world(`${KEYED}
limits:
  spend: { quota: $5/day, per: key, cost: 1.25 }
  calls: { rate: '(left("spend") > 2.0 ? 100 : 1)/1h', per: key }`);
    expect([w.ask(), w.ask(), w.ask(), w.ask()].map(({ shown }) => shown['calls'])).toEqual([100, 100, 100, 1]);
  });

  it.each([
    [
      'limits: { a: { rate: (limit("a"))/s } }',
      /ERR_POLICY_CYCLE: limits\.a: figures read one another in a circle: a, a/,
    ],
    [
      'limits: { a: { rate: (limit("b"))/s }, b: { rate: { by: usage("c") > 0.5, "true": 1/s, else: 2/s } }, c: { rate: (left("a"))/s } }',
      /limits\.a: figures read one another in a circle: a, b, c, a/,
    ],
    [
      'limits: { a: { rate: 1/s }, b: { rate: (limit("a"))/s } }\noverrides: [{ for: { key: x }, limits: { a: (limit("b"))/s }, from: 2026-01-01, reason: r, by: b }]',
      /limits\.a: figures read one another in a circle: a, b, a/,
    ],
    [
      `limits: { z: { rate: 1/s }, ${'abcde'
        .split('')
        .map((name, i) => `${name}: { rate: (limit("${'bcdez'[i]}"))/s }`)
        .join(', ')} }`,
      /limits\.a: reads a, which reads b.*at most 4 of them/,
    ],
    [
      'limits: { a: { rate: 1/s, when: usage("b") > 0.5 } }',
      /ERR_POLICY_UNKNOWN: limits\.a\.when: there is no limit "b"/,
    ],
    [
      'limits: { a: { rate: [1/s, 9/m] }, b: { rate: 1/s, when: usage("a") > 0.5 } }',
      /"a" has several windows: name one of a\.1s, a\.1m/,
    ],
    [
      'limits: { a: { rate: 1/s } }\nderive: { x: usage("a") }',
      /derive\.x: usage\(\), left\(\) and limit\(\) may stand in/,
    ],
    ['limits: { a: { rate: 1/s, cost: { reserve: 1, actual: left("a") } } }', /limits\.a\.cost\.actual: usage\(\)/],
  ])('%s is refused', (text, rule) => {
    expect(problems(text)[0]).toEqual(expect.stringMatching(rule));
  });
});

describe('how a limit stands in a store that answers later', () => {
  const POLICY = `headgate: 1\n${KEYED}
limits:
  credits: { rate: 100/1h, per: key }
  slow: { rate: 3/1h, per: key, when: usage("credits") >= 0.5 }`;

  it('is what it is when the store decides: many at once are let in exactly as one after another', async () => {
    const clock = manualClock();
    const planner = createPlanner(parsePolicy(POLICY));
    const store = guardStore(laterStore(memoryStore({ clock })), { clock });
    const ask: Ask = {
      subject: { auth: 'key', address: '203.0.113.7', key: 'k' },
      operation: { index: -1, name: 'GET /', path: {} },
      request: { method: 'GET', path: '/', query: {}, headers: {}, bytes: 0 },
      nowMs: clock.wallMs(),
    };
    const judging = {
      planner,
      store,
      clock,
      randomId: () => 'r',
    };
    const all: Decided[] = [];
    for (let turn = 0; turn < 20; turn++) {
      const asked = Array.from({ length: 4 }, async () => decide(judging, ask));
      // oxlint-disable-next-line no-await-in-loop -- a few at once, again and again
      all.push(...(await Promise.all(asked)));
    }
    expect(all.filter(({ allowed }) => allowed).length).toBe(53);
  });
});

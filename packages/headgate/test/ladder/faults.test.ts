import { describe, expect, it } from 'vitest';
import { checkPolicy, lineOf } from '../../src/policy/index.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { answered, gateOf, KEY, START, type Spec } from '../gate-of.ts';

const limits = (body: string): string =>
  `headgate: 1\n${KEY}limits: { a: { rate: 9/m, per: key, ${body} }, z: { rate: 1/m, per: key } }`;
const DENIALS = 'count: { denials: z }';

describe('a ladder is refused when it is read', () => {
  it.each([
    [
      'for a channel that nobody declared',
      'past: [{ notify: nobody }, { deny: exceeded }]',
      'ERR_POLICY_UNKNOWN',
      'nobody',
    ],
    [
      'for a step that is never reached',
      'past: [{ at: 80%, admit: true }, { at: 80%, deny: exceeded }]',
      'ERR_POLICY_SHADOWED',
      '80%',
    ],
    ['for a step that decides twice', 'past: { admit: true, drop: true }', 'ERR_POLICY_WORD', 'admit and drop'],
    ['for a fill beyond all measure', 'past: { at: 2000%, deny: exceeded }', 'ERR_POLICY_RANGE', '1000%'],
    [
      'for a reason that no other denial follows',
      'past: [{ when: reason == "never", deny: exceeded }]',
      'ERR_POLICY_WORD',
      '"reason"',
    ],
    [
      'for a reason that would have to be known before',
      'past: [{ when: reason == "never", admit: true }, { deny: exceeded }]',
      'ERR_POLICY_EXPRESSION',
      'reason',
    ],
    [
      'for a pass above the refusal of attempts',
      'count: attempts, past: [{ at: 50%, deny: exceeded }, { admit: true }]',
      'ERR_POLICY_WORD',
      'often enough',
    ],
    [
      'for a pass where denials are counted',
      `${DENIALS}, past: { admit: true }`,
      'ERR_POLICY_WORD',
      'nothing to decide',
    ],
    ['for a limit that counts its own denials', 'count: { denials: a }', 'ERR_POLICY_CYCLE', 'its own'],
    ['for denials of nobody', 'count: { denials: nobody }', 'ERR_POLICY_UNKNOWN', 'nobody'],
    ['for a block of no time', 'past: { block: { for: 0s } }', 'ERR_POLICY_', ''],
    ['for a block of a number', 'past: { block: { for: 5 } }', 'ERR_POLICY_TYPE', 'duration'],
    ['for a block from nothing', 'past: { block: { for: 5m, on: nowhere } }', 'ERR_POLICY_UNKNOWN', 'nowhere'],
    ['for a mark that is no name', 'past: [{ mark: "a b" }, { deny: exceeded }]', 'ERR_POLICY_NAME', ''],
  ])('%s', (_, body, code, says) => {
    const lines = checkPolicy(limits(body))
      .filter(({ severity }) => severity === 'error')
      .map((problem) => lineOf(problem));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(code);
    expect(lines[0]).toContain(says);
  });

  it.each(['past: { admit: true }', 'past: { shadow: true }', 'past: [{ at: 80%, mark: near }]'])(
    'and told of as soft: %s',
    (body) => {
      expect(checkPolicy(limits(body)).map(({ code, severity }) => [code, severity])).toEqual([
        ['WARN_POLICY_SOFT', 'warning'],
      ]);
    },
  );

  it('for a channel without a way, with two, and for a secret of nothing', () => {
    const of = (channel: string): readonly string[] =>
      checkPolicy(`headgate: 1\n${KEY}notify: { o: ${channel} }`).map(({ code }) => code);
    expect(of('{ log: info, webhook: "https://ops.example" }')).toEqual(['ERR_POLICY_WORD']);
    expect(of('{ log: info, secret: { env: A } }')).toEqual(['ERR_POLICY_WORD']);
    expect(of('{ webhook: "ftp://ops.example" }')).toEqual(['ERR_POLICY_URL']);
    expect(of('{ webhook: "https://ops.example", secret: text }')).toEqual(['WARN_POLICY_KEY']);
  });

  it('for a mark that nothing sets', () => {
    const text = `headgate: 1\n${KEY}limits: { a: { rate: 1/m } }\nrespond: { headers: { of: a, marked: x, dialect: ratelimit } }`;
    expect(checkPolicy(text).map(({ code }) => code)).toEqual(['ERR_POLICY_UNKNOWN']);
  });
});

describe('blocks', () => {
  it('take no more room than the store has, and end for everybody', () => {
    const clock = { nowMs: START };
    const time = { monotonicMs: () => clock.nowMs, wallMs: () => clock.nowMs };
    const store = memoryStore({ clock: time, maxRecords: 200 });
    const at = gateOf(`${KEY}limits: { a: { rate: 1/m, algorithm: fixed, per: key, past: { block: { for: 10m } } } }`, {
      store,
      clock: time,
    });
    const as = (key: number): Spec => ({ fields: [['X-API-Key', `k${key}`]] });
    for (let key = 0; key < 5000; key++) {
      at.ask(as(key));
      at.ask(as(key));
    }
    expect(store.stats().records).toBeLessThanOrEqual(200 + 64);
    expect(store.stats().overflowed).toBeGreaterThan(0);
    expect(answered(at.ask(as(0))).denial?.retryAfterMs).toBe(600_000);
    clock.nowMs += 600_000;
    expect(at.ask(as(0)).kind).toBe('forward');
    expect(at.ask(as(9999)).kind).toBe('forward');
  });
});

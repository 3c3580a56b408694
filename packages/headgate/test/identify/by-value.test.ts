import { describe, expect, it } from 'vitest';
import { checkPolicy, lineOf } from '../../src/policy/index.ts';
import { laterStore } from '../later/later-store.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import type { Handled } from '../../src/http/handled.ts';
import { gateOf, START, type Spec } from '../gate-of.ts';

const KEY = 'identify: { key: { header: X-API-Key, find: directory } }\nlimits: { calls: { rate: 99/m, per: key } }\n';
const finders = { directory: (key: string) => (key === 'good' ? {} : undefined) };
const wrong = (spec: Spec = {}): Spec => ({ ...spec, fields: [['X-API-Key', 'bad'], ...(spec.fields ?? [])] });
const good: Spec = { fields: [['X-API-Key', 'good']] };
const statusOf = (handled: Handled): number => (handled.kind === 'answer' ? handled.status : 200);

describe('what an address may send that nobody could identify', () => {
  it('follows the method: one counter, under the figure of the request that asks', () => {
    const { ask } = gateOf(`unidentified: { by: request.method, GET: 5/minute, else: 2/minute }\n${KEY}`, { finders });
    const tried = ['POST', 'POST', 'POST', 'GET', 'GET', 'GET', 'GET'].map((method) =>
      statusOf(ask(wrong({ method }))),
    );
    expect(tried).toEqual([401, 401, 429, 401, 401, 401, 429]);
    expect(statusOf(ask(good))).toBe(429);
  });

  it('follows a header field and the address, and tells what it holds to', () => {
    const { ask } = gateOf(
      `unidentified: { cases: [{ when: 'network(subject.address, 24, 64) == "192.0.2.0/24" && request.headers["x-app"] == "beta"', use: unlimited }, { use: 1/minute }] }
${KEY}respond: { answers: { unidentified: { status: 429, headers: { Retry-After: "{retryAfter}", X-Limit: "{limit}" } } } }`,
      { finders },
    );
    expect(statusOf(ask(wrong()))).toBe(401);
    const refused = ask(wrong());
    expect(refused.kind === 'answer' && [refused.status, refused.fields]).toEqual([
      429,
      expect.arrayContaining(['Retry-After', '64', 'X-Limit', '1']),
    ]);
    for (let i = 0; i < 20; i++) expect(statusOf(ask(wrong({ fields: [['X-App', 'beta']] })))).toBe(401);
    expect(statusOf(ask(wrong({ peer: '198.51.100.9', fields: [['X-App', 'beta']] })))).toBe(401);
    expect(statusOf(ask(wrong({ peer: '198.51.100.9', fields: [['X-App', 'beta']] })))).toBe(429);
  });

  it('follows a schedule, and a request that is let in costs it nothing', () => {
    const { ask, clock } = gateOf(
      `schedules: { night: { zone: UTC, spans: 14:00-15:00 } }
unidentified: { cases: [{ when: during("night"), use: 1/minute }, { use: 3/minute }] }\n${KEY}`,
      { finders },
    );
    const four = (): readonly number[] => Array.from({ length: 4 }, () => statusOf(ask(wrong())));
    for (let i = 0; i < 9; i++) expect(statusOf(ask(good))).toBe(200);
    expect(four()).toEqual([401, 401, 401, 429]);
    clock.nowMs = START + 3_600_000;
    expect(four()).toEqual([401, 429, 429, 429]);
  });

  it('bounds how many are looked up at once, over a store that answers later', async () => {
    let asked = 0;
    const { wait, clock } = gateOf(`unidentified: { by: request.method, GET: 3/minute, else: 1/minute }\n${KEY}`, {
      finders: {
        directory: async () => {
          asked++;
          return undefined;
        },
      },
      store: laterStore(memoryStore({ clock: { monotonicMs: () => START, wallMs: () => START } })),
    });
    expect(clock.nowMs).toBe(START);
    const said = await Promise.all(
      Array.from({ length: 12 }, async (_, i) => wait({ fields: [['X-API-Key', `k${i}`]] })),
    );
    expect(said.map(statusOf).filter((status) => status === 401)).toHaveLength(3);
    expect(asked).toBe(3);
  });

  it.each([
    ['{ by: subject.plan, A: 5/m, else: 6/m }', 'is asked before anybody is known'],
    ['{ by: request.path, "/a": 5/m, else: 6/m }', 'is asked before anybody is known'],
    ['(5 + key.seats)/m', 'is asked before anybody is known'],
    ['{ cases: [{ when: usage("calls") > 0.5, use: 5/m }, { use: 6/m }] }', 'is asked before anybody is known'],
    ['{ by: request.method, GET: none, else: 6/m }', '"none" would let nobody in'],
    ['none', 'expected a rate such as'],
    ['{ ramp: { from: 5/s, add: 5, every: 1m, to: 30, rest: 5m } }', 'a ramp stands on the limit itself'],
  ])('is refused as %s', (value, said) => {
    const errors = checkPolicy(`headgate: 1\nunidentified: ${value}\n${KEY}`).filter(
      ({ severity }) => severity === 'error',
    );
    expect(errors.map((problem) => lineOf(problem)).join('\n')).toContain(said);
  });
});

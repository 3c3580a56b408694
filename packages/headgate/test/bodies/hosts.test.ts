import { describe, expect, it } from 'vitest';
import { answered, atOnce, forwarded, gateOf, KEY, viewOf } from '../gate-of.ts';

const POLICY = `${KEY}tables: { price: { small: 2, large: 20 } }
limits:
  points: { rate: 100/hour, algorithm: fixed, per: key, cost: 'host("price", request.query, 3)' }
respond: { headers: { of: points, fields: { left: '{remaining}' } } }`;

type Price = (...args: readonly unknown[]) => unknown;

/** What is left after one request, or the status that it was refused with. */
function ask(price: Price, faults: string[] = [], times = 1): string | number | undefined {
  const { gate } = gateOf(POLICY, {
    hosts: { price },
    hostMs: 200,
    onHostFault: (name, detail) => void faults.push(`${name}: ${detail}`),
  });
  let told: string | number | undefined;
  for (let i = 0; i < times; i++) {
    const handled = atOnce(gate.handle(viewOf({ target: '/?size=large' })));
    told = handled.kind === 'forward' ? handled.settle(200)[1] : handled.status;
  }
  return told;
}

describe('a function of the program', () => {
  it('is given data, and its answer is the cost', () => {
    const seen: unknown[] = [];
    expect(ask((...args) => (seen.push(...args), 7))).toBe('93');
    expect(seen).toEqual([{ size: 'large' }, 3]);
  });

  it.each<readonly [string, Price]>([
    [
      'throws',
      () => {
        throw new Error('a secret');
      },
    ],
    ['returns nothing', () => undefined],
    ['returns a promise', async () => 5],
    ['returns a list', () => [5]],
    ['returns no number', () => Number.NaN],
    ['returns less than nothing', () => -1],
    ['returns a text', () => '7'],
  ])('that %s is never free: 500, since the caller is not at fault', (_, price) => {
    expect(() => ask(price)).toThrow(/the cost cannot be told/);
  });

  it.each<readonly [string, Price, string]>([
    ['a promise', async () => 5, 'price: it returned a promise: a number, a text or a truth value is owed, at once'],
    ['a list', () => [5], 'price: it returned a list: a number, a text or a truth value is owed, at once'],
    [
      'infinitely much',
      () => 1 / 0,
      'price: it returned a number that is none: a number, a text or a truth value is owed, at once',
    ],
  ])('that returns %s is told of', (_, price, says) => {
    const faults: string[] = [];
    expect(() => ask(price, faults)).toThrow(/the cost cannot be told/);
    expect(new Set(faults)).toEqual(new Set([says]));
  });

  it('that throws is told of, without what it threw', () => {
    const faults: string[] = [];
    expect(() =>
      ask(() => {
        throw new Error('a secret');
      }, faults),
    ).toThrow(/the cost cannot be told/);
    expect(new Set(faults)).toEqual(new Set(['price: it threw']));
  });

  it('that loops is stopped, and after three times not called any more', () => {
    const faults: string[] = [];
    const { gate } = gateOf(
      POLICY.replace(
        `cost: 'host("price", request.query, 3)'`,
        `cost: { cases: [{ when: 'host("price", 1) == 1', use: 1 }, { use: 5 }] }`,
      ),
      {
        hosts: {
          price: () => {
            for (;;);
          },
        },
        hostMs: 20,
        onHostFault: (_, detail) => void faults.push(detail),
      },
    );
    for (let i = 0; i < 5; i++) expect(atOnce(gate.handle(viewOf())).kind).toBe('forward');
    expect(faults).toHaveLength(3);
    expect(faults[2]).toContain('3 of 3');
  });

  it('must be registered', () => {
    expect(() => gateOf(POLICY)).toThrow(/ERR_HOST|nobody registered this function/);
  });

  it('may be asked the same every time, and so may a table', () => {
    const { gate } = gateOf(
      `${KEY}tables: { price: { small: 2 } }
limits: { points: { rate: 12/hour, algorithm: fixed, per: key, cost: 'lookup("price", ["small"]) + host("price")' } }`,
      { hosts: { price: () => 4 } },
    );
    const kinds = [1, 2, 3].map(() => atOnce(gate.handle(viewOf())).kind);
    expect(kinds).toEqual(['forward', 'forward', 'answer']);
  });

  it('that fails while a body passes keeps nothing of it from being too large', () => {
    let calls = 0;
    const { gate } = gateOf(
      POLICY.replace('limits:\n', 'limits:\n  body: { size: 10B, of: request.bytes, past: { status: 413 } }\n'),
      {
        hosts: {
          price: () => {
            if (calls++ > 0) throw new Error('down by now');
            return 1;
          },
        },
      },
    );
    const { inspection } = forwarded(
      atOnce(
        gate.handle(
          viewOf({
            method: 'POST',
            fields: [
              ['X-API-Key', 'k'],
              ['Transfer-Encoding', 'chunked'],
            ],
          }),
        ),
      ),
    );
    const cut = inspection?.take(new Uint8Array(11));
    expect(cut === undefined ? undefined : atOnce(cut).status).toBe(413);
  });

  it('may stand beside tables', () => {
    const { gate } = gateOf(`${KEY}tables: { price: { small: 2, large: 20 } }
limits: { points: { rate: 30/hour, algorithm: fixed, per: key, cost: 'lookup("price", [request.query["size"], "small"])' } }`);
    const statuses = ['large', 'none', 'large'].map((size) =>
      atOnce(gate.handle(viewOf({ target: `/?size=${size}` }))),
    );
    expect(statuses.slice(0, 2).map(({ kind }) => kind)).toEqual(['forward', 'forward']);
    expect(answered(statuses[2]!).status).toBe(429);
  });
});

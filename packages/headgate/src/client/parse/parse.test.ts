import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CASES, NOW } from '../../../test/client/vendors.ts';
import { parseRateLimit } from './parse.ts';
import type { ToldLimit } from './told.ts';

const fieldsOf = (text: string): [string, string][] =>
  text.split('\n').flatMap((line) => {
    const at = line.indexOf(':');
    return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()] as [string, string]];
  });

/** As the cases write a limit: what ends a line untold is left out. */
function written({ name, kind, limit, remaining, used, windowMs, resetAtMs }: ToldLimit): string {
  const told = [limit, remaining, windowMs, resetAtMs === undefined ? undefined : resetAtMs - NOW, used];
  const words = told.map((one) => (one === undefined ? '-' : `${one}`));
  while (words.at(-1) === '-') words.pop();
  return [name === '' ? '-' : name, ...(kind === 'concurrency' ? ['held'] : []), ...words].join(' ');
}

const trimmed = (text: string): string => text.replace(/( -)+$/, '');
const told = (text: string, more = {}): ReturnType<typeof parseRateLimit> =>
  parseRateLimit(fieldsOf(text), { nowMs: NOW, ...more });

describe('what a vendor tells', () => {
  it.each(CASES)('$vendor', ({ fields, limits, retryInMs, status, body, hint, concurrency = false }) => {
    const info = told(fields, {
      ...(status && { status }),
      ...(body !== undefined && { body }),
      ...(hint && { hint }),
    });
    expect(info.limits.map(written)).toEqual(limits.map(trimmed));
    expect(info.retryAtMs === undefined ? undefined : info.retryAtMs - NOW).toBe(retryInMs);
    expect(info.concurrency).toBe(concurrency);
    expect(info.ambiguous).toEqual([]);
    // A proxy may put them in another order.
    const turned = told(fields.split('\n').toReversed().join('\n'), { ...(hint && { hint }) });
    expect(turned.limits.map(written).toSorted()).toEqual(limits.map(trimmed).toSorted());
  });
});

describe('an instant', () => {
  it.each([
    ['seconds', `${NOW / 1000 + 60}`, 60_000],
    ['milliseconds', `${NOW + 60_000}`, 60_000],
    ['a delta', '60', 60_000],
    ['a delta of nothing', '0', 0],
    ['a fraction', '0.25', 250],
    ['a date without seconds', '2026-04-11T13:01Z', 60_000],
    ['a date with a space', '2026-04-11 15:01:00 +0200', 60_000],
  ])('is told by value from %s', (_, reset, inMs) => {
    expect(told(`X-RateLimit-Remaining: 1\nX-RateLimit-Reset: ${reset}`).limits[0]?.resetAtMs).toBe(NOW + inMs);
  });

  it.each(['-1', 'soon', '', 'NaN', '1e9', '0x10', '12 parsecs', 'Infinity'])('is not made of %j', (reset) => {
    expect(told(`X-RateLimit-Remaining: 1\nX-RateLimit-Reset: ${reset}`).limits[0]?.resetAtMs).toBeUndefined();
  });

  it('is ours when the server’s clock is wrong, by its Date', () => {
    const text = (aheadS: number): string =>
      `Date: ${new Date(NOW + aheadS * 1000).toUTCString()}\nX-RateLimit-Remaining: 0\nX-RateLimit-Reset: ${NOW / 1000 + aheadS + 20}`;
    for (const aheadS of [-86_400, -3, 0, 3, 86_400]) {
      const info = told(text(aheadS));
      expect(info.limits[0]?.resetAtMs).toBe(NOW + 20_000);
      expect(info.skewMs).toBe(aheadS * 1000);
    }
  });

  it('is ours by a skew that is known better than by Date, and by Age where a cache answers', () => {
    const reset = `X-RateLimit-Remaining: 0\nX-RateLimit-Reset: ${NOW / 1000 + 20}`;
    const dated = `Date: ${new Date(NOW + 3000).toUTCString()}\n${reset}`;
    expect(told(dated, { skew: (toldMs: number) => toldMs + 2000 }).limits[0]?.resetAtMs).toBe(NOW + 15_000);
    const cached = `Date: ${new Date(NOW - 10_000).toUTCString()}\nAge: 10\n${reset}`;
    expect(told(cached).limits[0]?.resetAtMs).toBe(NOW + 20_000);
  });

  it('in milliseconds is known by a window that seconds would not fit', () => {
    const text = 'X-RateLimit-Limit: 5;w=60\nX-RateLimit-Remaining: 1\nX-RateLimit-Reset: 41000';
    expect(told(text).limits[0]?.resetAtMs).toBe(NOW + 41_000);
  });
});

describe('what is ambiguous', () => {
  it('is said, and read as the longer wait', () => {
    const info = told('X-RateLimit-Remaining: 1\nX-RateLimit-Reset: 90000');
    expect(info.limits[0]?.resetAtMs).toBe(NOW + 90_000_000);
    expect(info.ambiguous).toEqual(['90000 is read as seconds']);
    expect(told('X-RateLimit-Remaining: 1\nX-RateLimit-Reset: 3600').ambiguous).toEqual([]);
    expect(told('X-RateLimit-Remaining: 1\nX-RateLimit-Reset: 3601').ambiguous).toHaveLength(1);
    expect(told('X-RateLimit-Reset: 2026-04-11 13:00:09\nX-RateLimit-Remaining: 1').ambiguous).toHaveLength(1);
  });

  it.each([
    ['epoch', `${NOW / 1000 + 7}`],
    ['epochMs', `${NOW + 7000}`],
    ['delta', '7'],
    ['deltaMs', '7000'],
  ] as const)('a hint decides: %s', (reset, value) => {
    const info = told(`X-RateLimit-Remaining: 1\nX-RateLimit-Reset: ${value}`, { hint: { reset } });
    expect(info.limits[0]?.resetAtMs).toBe(NOW + 7000);
  });
});

describe('a wait', () => {
  it('is the longest of those told, never one that is past, and a missing one is not zero', () => {
    expect(told('Retry-After: 1\nX-RateLimit-Retry-After: 9').retryAtMs).toBe(NOW + 9000);
    expect(told('Retry-After: Sat, 11 Apr 2020 13:00:00 GMT').retryAtMs).toBe(NOW);
    expect(told('Retry-After: 5, 10').retryAtMs).toBe(NOW + 10_000);
    expect(told('Retry-After: -1', { status: 429 }).retryAtMs).toBeUndefined();
    expect(told('Retry-After: whenever', { status: 429 }).retryAtMs).toBeUndefined();
    expect(told('', { status: 429 }).retryAtMs).toBeUndefined();
  });

  it('follows from the reset of what is used up where nothing else tells it, on a 429 alone', () => {
    const text = 'X-RateLimit-Limit: 9\nX-RateLimit-Remaining: 0\nX-RateLimit-Reset: 30';
    expect(told(text, { status: 429 }).retryAtMs).toBe(NOW + 30_000);
    expect(told(text, { status: 200 }).retryAtMs).toBeUndefined();
  });

  it.each([
    ['Please try again in 6m0s.', 360_000],
    ['Please try again in 20ms', 20],
    ['Retry after 2 minutes', 120_000],
    ['Trying again after 1.5 hours would do', 5_400_000],
    ['Please try again later', undefined],
  ])('is read from words: %s', (body, inMs) => {
    const { retryAtMs } = told('', { status: 429, body });
    expect(retryAtMs === undefined ? undefined : retryAtMs - NOW).toBe(inMs);
  });
});

describe('the binding limit', () => {
  it('has the least left, and of equals comes back last', () => {
    const fields =
      'x-ratelimit-remaining-a: 3\nx-ratelimit-remaining-b: 0\nx-ratelimit-reset-b: 5\nx-ratelimit-remaining-c: 0\nx-ratelimit-reset-c: 9';
    expect(told(fields).binding?.name).toBe('c');
  });
});

describe('any input', () => {
  const value = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(...Array.from('0123456789,;=:/."\\ wrtq-+mshGMT')) }),
    fc.constantFrom('120, 120;w=60', '"a";r=1;t=2', 'limit=1', '1:2,3:4', '9'.repeat(400), 'Mon, 99 Xyz 2026'),
  );
  const name = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'RateLimit',
      'ratelimit-policy',
      'x-ratelimit-reset',
      'X-RateLimit-Limit',
      'Retry-After',
      'date',
      'age',
    ),
  );
  const headers = fc.oneof(fc.array(fc.tuple(name, value)), fc.dictionary(name, value), fc.anything());

  it('is read without a throw, and every figure is finite', () => {
    fc.assert(
      fc.property(headers, value, (anything, body) => {
        const info = parseRateLimit(anything as object, { nowMs: NOW, status: 429, body });
        const figures = info.limits.flatMap((limit) => Object.values(limit).filter((one) => typeof one === 'number'));
        for (const figure of [...figures, info.retryAtMs ?? 0, info.skewMs ?? 0])
          expect(Number.isFinite(figure)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('whose members throw tells nothing', () => {
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
        has: () => {
          throw new Error('no');
        },
      },
    );
    expect(parseRateLimit(hostile, { nowMs: NOW })).toEqual({ limits: [], concurrency: false, ambiguous: [] });
  });

  it.each([
    ['Headers', new Headers({ 'X-RateLimit-Remaining': '3' })],
    ['a Map', new Map([['X-RateLimit-Remaining', '3']])],
    ['a record', { 'x-ratelimit-remaining': '3' }],
    ['lists, as Node keeps repeated fields', { 'x-ratelimit-remaining': ['3'] }],
  ])('of %s is read alike', (_, one) => {
    expect(parseRateLimit(one, { nowMs: NOW }).limits).toEqual([{ name: '', kind: 'rate', remaining: 3 }]);
  });
});

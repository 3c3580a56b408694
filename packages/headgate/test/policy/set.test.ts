import { describe, expect, it } from 'vitest';
import { checkPolicy, lineOf } from '../../src/policy/index.ts';
import { forwarded, gateOf } from '../gate-of.ts';

const KEY = 'a-key-that-is-long-enough';
const policy = (attributes: string, figure: string, kind = 'rate'): string =>
  `identify: { key: { header: X-API-Key, find: keys, keys: { ${KEY}: { ${attributes} } } } }
limits: { a: { ${kind}: ${figure}, per: key } }
respond: { headers: { of: a, fields: { X-Limit: "{limit}" } } }`;

/** What one who has set that may have; "none" when nothing. */
function limitOf(cap: string, figure: string, kind?: string): string {
  const { ask } = gateOf(policy(`key.cap: ${cap}`, figure, kind));
  const handled = ask({ fields: [['X-API-Key', KEY]] });
  return handled.kind === 'answer' ? 'none' : (forwarded(handled).settle(200)[1] ?? 'unlimited');
}

describe('what a customer has set', () => {
  const HOURLY = '{ set: key.cap, default: 100/h, min: 3/h, max: 1000/h, zero: unlimited }';

  it.each([
    ['50', HOURLY, '50'],
    ['"50"', HOURLY, '50'],
    ['"50/h"', HOURLY, '50'],
    ['" 0.5k / hour "', HOURLY, '500'],
    ['"50/60m"', HOURLY, '50'],
    ['"50/m"', HOURLY, 'none'],
    ['"50/day"', HOURLY, 'none'],
    ['"50/h/h"', HOURLY, 'none'],
    ['"50 apples"', HOURLY, 'none'],
    ['5e9', HOURLY, '1000'],
    ['"2/h"', HOURLY, '3'],
    ['"-1/h"', HOURLY, 'none'],
    ['"0/h"', HOURLY, 'unlimited'],
  ])('is a number, or an amount over the span of the limit: %s', (cap, figure, limit) => {
    expect(limitOf(cap, figure)).toBe(limit);
  });

  it.each([
    ['"7/month"', '{ set: key.cap, default: 5/month }', 'quota', '7'],
    ['"7/day"', '{ set: key.cap, default: 5/month }', 'quota', 'none'],
    ['"1.1k/day"', '{ set: (key.cap)/day, default: 5/month }', 'quota', '1100'],
    ['7', '{ set: key.cap, default: 5 }', 'concurrency', '7'],
    ['"7/h"', '{ set: key.cap, default: 5 }', 'concurrency', 'none'],
  ])('is read so on every kind of limit: %s of %s %s', (cap, figure, kind, limit) => {
    expect(limitOf(cap, figure, kind)).toBe(limit);
  });

  it.each([
    [
      '{ set: key.cap, default: 10/m, min: 100/m, max: 1/m }',
      'limits.a.rate.min: is more than "max", which is 1/m, got "100/m"',
    ],
    [
      '{ set: key.cap, default: 10/m, max: 100/h }',
      'limits.a.rate.set: expected bounds over the same span, or the span written: "(key.cap)/hour", got "key.cap"',
    ],
    ['{ set: (key.cap)/m, default: 10/h, max: 100/h }', 'limits.a.rate.set: expected bounds over the same span'],
  ])('is refused with bounds that bound nothing: %s', (figure, says) => {
    const problem = checkPolicy(`headgate: 1\n${policy('key.cap: 5', figure)}`).find(
      ({ severity }) => severity === 'error',
    );
    expect(problem && lineOf(problem)).toContain(says);
  });
});

import { describe, expect, it } from 'vitest';
import { formatFor, type Quantity } from './format.ts';

const AT = Date.UTC(2026, 3, 11, 13, 59, 59, 1);

describe('a format', () => {
  it.each<[Quantity, string, number | string, number | string]>([
    ['duration', '', 46_001, 47],
    ['duration', 's', 47_000, 47],
    ['duration', 's.3', 46_001, '46.001'],
    ['duration', 's.1', 46_001, '46.1'],
    ['duration', 'ms', 46_001, 46_001],
    ['duration', 'min', 60_001, 2],
    ['duration', 'duration', 120, '120ms'],
    ['duration', 'duration', 6500, '6.5s'],
    ['duration', 'duration', 360_000, '6m0s'],
    ['duration', 'duration', 3_723_000, '1h2m3s'],
    ['duration', 'short', 900_000, '15m'],
    ['duration', 'short', 86_400_000, '24h'],
    ['duration', 'SHORT', 10_000, '10S'],
    ['duration', 'short', 1500, '1500ms'],
    ['duration', 'word', 60_000, 'minute'],
    ['duration', 'word', 10_000, '10 seconds'],
    ['duration', 'text', 1005, '2'],
    ['instant', 'json', AT, '1775916000'],
    ['instant', '', AT, 1775916000],
    ['instant', 'epoch', AT, 1775916000],
    ['instant', 'epochMs', AT, AT],
    ['instant', 'iso', AT, '2026-04-11T14:00:00Z'],
    ['instant', 'http', AT, 'Sat, 11 Apr 2026 14:00:00 GMT'],
    ['instant', '"EEE dd MMM yyyy, HH:mm:ss"', AT, 'Sat 11 Apr 2026, 14:00:00'],
    ['count', '', 5, 5],
    ['count', 'text', 5, '5'],
    ['text', 'json', 'a"b', '"a\\"b"'],
    ['text', 'hash', 'abc', 'abc'],
  ])('writes a %s as %s: %s is %s', (quantity, name, value, text) => {
    expect(formatFor(quantity, name)?.(value)).toBe(text);
  });

  it('does not exist for what it does not fit', () => {
    expect(formatFor('count', 'iso')).toBeUndefined();
    expect(formatFor('duration', 's.9')).toBeUndefined();
    expect(formatFor('instant', 'constructor')).toBeUndefined();
    expect(formatFor('duration', 'toString')).toBeUndefined();
  });
});

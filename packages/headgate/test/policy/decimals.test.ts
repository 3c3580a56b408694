import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRate } from '../../src/core/index.ts';

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

const TEN_YEARS_MS = 366e4 * 864e2;

/** `n / 10^places`, as it is written. */
function decimal(n: number, places: number): string {
  const digits = String(n).padStart(places + 1, '0');
  return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

describe('a duration', () => {
  it.each([
    ['1.005s', 1005],
    ['0.001s', 1],
    ['.5s', 500],
    ['1.1m', 66_000],
    ['4.35s', 4350],
    ['0.07h', 252_000],
    ['1.000s', 1000],
    ['minute', 60_000],
  ])('%s is %i ms, to the digit', (text, windowMs) => {
    expect(parseRate(`1/${text}`).windowMs).toBe(windowMs);
  });

  it('is read exactly whenever it is a whole number of ms, and refused whenever it is not', () => {
    const written = fc.tuple(fc.nat(10_000_000), fc.nat(6), fc.constantFrom(...(Object.keys(UNIT_MS) as 's'[])));
    const read = (text: string): number | string => {
      try {
        return parseRate(text).windowMs;
      } catch (error) {
        return String(error);
      }
    };
    const judged = fc.property(written, ([n, places, unit]) => {
      const parts = n * UNIT_MS[unit]; // Below 2^53, and so is every power of ten here: exact.
      const ms = parts / 10 ** places;
      const isOne = ms > 0 && parts % 10 ** places === 0 && ms <= TEN_YEARS_MS;
      const told = read(`1/${decimal(n, places)}${unit}`);
      return isOne ? told === ms : String(told).includes('ERR_AMOUNT');
    });
    expect(fc.check(judged, { numRuns: 1000 })).toMatchObject({ failed: false });
  });

  it.each(['1.0005s', '1.00000000000000001s', '1.2.3s', '1.s', '.s', 's5', '-1s', '1e3s', '0s', '0.0s', ''])(
    'is not "%s"',
    (text) => {
      expect(() => parseRate(`1/${text}`)).toThrow('ERR_AMOUNT');
    },
  );
});

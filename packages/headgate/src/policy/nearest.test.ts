import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { didYouMean, distanceOf, nearest } from './nearest.ts';

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });

/** Straight from the definition: try every edit at the end of both words. */
function slowDistance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const same = a.at(-1) === b.at(-1) ? 0 : 1;
  const ways = [
    slowDistance(a.slice(0, -1), b) + 1,
    slowDistance(a, b.slice(0, -1)) + 1,
    slowDistance(a.slice(0, -1), b.slice(0, -1)) + same,
  ];
  if (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1)) {
    ways.push(slowDistance(a.slice(0, -2), b.slice(0, -2)) + 1);
  }
  return Math.min(...ways);
}

describe('the nearest word', () => {
  it('is as far as its definition says', () => {
    fc.assert(fc.property(word, word, (a, b) => distanceOf(a, b) === slowDistance(a, b)));
    expect(distanceOf('acocunt', 'account')).toBe(1);
  });

  it.each([
    ['acount', 'account'],
    ['acocunt', 'account'],
    ['accounts', 'account'],
    ['ACCOUNT', 'account'],
  ])('of %s is %s', (written, meant) => {
    expect(nearest(written, ['user', 'account', 'key'])).toBe(meant);
  });

  it('is none when all are more than two edits away, or share no letter', () => {
    expect(nearest('organization', ['user', 'account'])).toBeUndefined();
    expect(nearest('xy', ['ab', 'key'])).toBeUndefined();
    expect(didYouMean('organization', ['user'])).toBe('');
  });

  it('is the first of those that are equally near', () => {
    expect(nearest('kex', ['key', 'kez'])).toBe('key');
  });
});

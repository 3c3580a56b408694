import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COSTS, HOWS, Pair, type Step } from './pair.ts';

const which = fc.nat(7);
const id = fc.nat(2);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(['take'] as const) },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constant('end' as const), which, fc.constantFrom(...HOWS), fc.constantFrom(...COSTS), id),
  },
  fc.tuple(fc.constant('poll' as const), id),
  fc.tuple(fc.constantFrom('cancel' as const, 'renew' as const), which),
  fc.tuple(fc.constant('settle' as const), which, fc.constantFrom(0, 1, 3)),
  fc.tuple(fc.constant('advance' as const), fc.constantFrom(1000, 100_000, 200_000)),
);

function run(steps: readonly Step[]): void {
  const pair = new Pair();
  for (const one of steps) {
    pair.do(one);
    pair.check();
  }
}

describe('whatever happens, in whatever order', () => {
  it('what was granted is what was settled, what came back, and what is pending, at every step', () => {
    const all = fc.property(fc.array(step, { maxLength: 40 }), run);
    expect(() => fc.assert(all, { numRuns: 150 })).not.toThrow();
  });
});

import { describe, expect, it } from 'vitest';
import { Many } from './many.ts';

/** Half of what each change is tried with, so that two cores share it. */
const SEEDS = 1000;
const OPERATIONS = 2_500_000;
const FAULTS = 25_000;
/** Messages of concurrent callers for whose answers an order is found. */
const ORDERED = 50_000;
/** Histories, of some thousands, of which it would take too long to tell. */
const UNDECIDED = 10;
/** Steps that shared a record with others, since the store was full. */
const SHARED = 50_000;
/** Seeds of one test. */
const AT_ONCE = 50;

/** The seeds from `firstSeed` on. A failure prints its seed, and the command that runs it again. */
export function half(firstSeed: number): void {
  const many = new Many();
  const firsts = Array.from({ length: SEEDS / AT_ONCE }, (_, i) => firstSeed + i * AT_ONCE);

  describe('whatever fails', { timeout: 240_000 }, () => {
    it.each(firsts)(`what is promised holds at every step, in ${AT_ONCE} runs from seed %i on`, async (first) => {
      await expect(many.run(first, AT_ONCE)).resolves.toBeUndefined();
    });

    it(`was tried in ${SEEDS} runs, by ${OPERATIONS} operations and ${FAULTS} faults of every sort`, () => {
      expect(many.missing).toEqual([]);
      expect(many.seeds).toBe(SEEDS);
      expect(many.operations).toBeGreaterThanOrEqual(OPERATIONS);
      expect(many.ordered).toBeGreaterThanOrEqual(ORDERED);
      expect(many.undecided).toBeLessThanOrEqual(UNDECIDED);
      expect(many.shared).toBeGreaterThanOrEqual(SHARED);
      expect(many.faults.total).toBeGreaterThanOrEqual(FAULTS);
    });
  });
}

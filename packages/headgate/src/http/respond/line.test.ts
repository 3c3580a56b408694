import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Line, NO_RESET } from './line.ts';
import { MAX_INTEGER } from './structured.ts';

const BEGINS = ['"a";r=', '"b";r=', '"c";r='];

/** The same list, put together of all its parts. */
function plain(figures: readonly (readonly [units: number, resetS: number])[]): string {
  return figures
    .map(([units, resetS], i) => `${BEGINS[i]}${units}${resetS === NO_RESET ? '' : `;t=${resetS}`}`)
    .join(', ');
}

function written(line: Line, figures: readonly (readonly [units: number, resetS: number])[]): string {
  let [text, reset] = ['', NO_RESET];
  for (const [i, [units, resetS]] of figures.entries()) {
    text += line.figure(i, units, reset);
    reset = resetS;
  }
  return text + line.end(reset);
}

const units = fc.oneof(
  fc.constantFrom(0, 1, 9, 10, 99, 100, 999, 1000, 1001, 1999, 2000, 999_999, 1_000_000, 999_999_999, MAX_INTEGER),
  fc.integer({ min: 0, max: 3000 }),
  fc.integer({ min: 0, max: MAX_INTEGER }),
);
const resetS = fc.constantFrom(NO_RESET, 0, 1, 60, 3600);
const figures = fc.array(fc.tuple(units, resetS), { minLength: 1, maxLength: BEGINS.length });

it('is the list as it would be written at once, whatever it was before', () => {
  fc.assert(
    fc.property(fc.array(figures, { maxLength: 30 }), (lists) => {
      const line = new Line(BEGINS);
      for (const list of lists) expect(written(line, list)).toBe(plain(list));
    }),
  );
});

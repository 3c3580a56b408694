import { integer, parameter } from './structured.ts';

/** Digits that are looked up: as they end a number of a thousand or more, and as they are one. */
const ENDS: readonly string[] = Array.from({ length: 1000 }, (_, i) => String(i).padStart(3, '0'));
const NUMBERS: readonly string[] = ENDS.map((_, i) => String(i));

/** Of no figure: none has been written, or the last one has no reset. */
export const NO_RESET = -1;

/**
 * A list of figures, each with its reset behind it, of which little but the last three digits of a figure changes from one response to the next.
 * The rest is remembered: a text of few pieces is looked through faster, as Node does with each value. And V8 keeps the text of each
 * number that it writes, so that a number of every response's own would be copied by the collector, twice.
 */
export class Line {
  readonly #begins: readonly string[];
  /** What stands before the last digits of each figure; which number they are added to, and which reset stands before it. */
  readonly #texts: string[];
  readonly #bases: number[];
  readonly #resets: number[];
  #lastReset: number = NO_RESET;
  #end = '';

  /** @param begins what stands before each figure */
  constructor(begins: readonly string[]) {
    this.#begins = begins;
    this.#texts = begins.map(() => '');
    this.#bases = begins.map(() => NaN);
    this.#resets = begins.map(() => NaN);
  }

  /** Figure `i`, a whole number of at least 0, and what stands before it: from the reset of the one before, in s. */
  figure(i: number, units: number, resetBefore: number): string {
    const last = units - (this.#bases[i] ?? NaN);
    if (!(last >= 0 && last < 1000 && this.#resets[i] === resetBefore)) {
      this.#remember(i, Math.floor(units / 1000), resetBefore);
      return this.figure(i, units, resetBefore);
    }
    return (this.#texts[i] ?? '') + ((last === units ? NUMBERS : ENDS)[last] ?? '');
  }

  /** What stands behind the last figure. */
  end(resetS: number): string {
    if (this.#lastReset !== resetS) {
      this.#lastReset = resetS;
      this.#end = resetText(resetS);
    }
    return this.#end;
  }

  #remember(i: number, thousands: number, resetBefore: number): void {
    const begin = (i === 0 ? '' : `${resetText(resetBefore)}, `) + (this.#begins[i] ?? '');
    this.#texts[i] = thousands === 0 ? begin : begin + integer(thousands);
    this.#bases[i] = thousands * 1000;
    this.#resets[i] = resetBefore;
  }
}

/** What stands behind a figure. */
export function resetText(resetS: number): string {
  return resetS < 0 ? '' : parameter('t', resetS);
}

import type { Leased } from './leased.ts';

/**
 * Units that this process has drawn, by counter, from when a draw comes until it is over: several programs, and many callers, may draw from one
 * limit, and have of it no more together than each alone may.
 */
export class Drawn {
  readonly #units: Map<string, number> = new Map();

  add(leased: Leased, units: readonly number[], sign: 1 | -1): void {
    for (const [i, name] of leased.counters.entries()) {
      const sum = (this.#units.get(name) ?? 0) + sign * units[i]!;
      if (sum > 0) this.#units.set(name, sum);
      else this.#units.delete(name);
    }
  }

  /** Of check `i`, what all others of this process have drawn. */
  byOthers(leased: Leased, i: number): number {
    return (this.#units.get(leased.counters[i]!) ?? 0) - leased.drawn(i);
  }
}

/** Chance that can be repeated: the same seed gives the same numbers, on any machine. */
export interface Random {
  /** A whole number from `least` to `most`. */
  int(least: number, most: number): number;
  /** True so often, 0 to 1. */
  chance(probability: number): boolean;
  pick<T>(values: readonly T[]): T;
  /** 32 bits, as a store wants them to key its hash. */
  bits(): number;
}

/** Mulberry32: 32 bits of state are plenty for a trace of a few hundred steps. */
export function seeded(seed: number): Random {
  let state = seed | 0;
  const bits = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const int = (least: number, most: number): number => least + Math.floor((bits() / 2 ** 32) * (most - least + 1));
  return {
    bits,
    int,
    chance: (probability) => bits() / 2 ** 32 < probability,
    pick: (values) => values[int(0, values.length - 1)]!, // Never asked of an empty list.
  };
}

import { median, shuffled } from './stats.mjs';

/**
 * One round: every subject once, in an order drawn anew, and the yardsticks first, in the middle and last, so that a
 * slow minute of the machine falls on both sides of a ratio.
 */
export function orderOf(names, yardsticks) {
  const others = shuffled(names.filter((name) => !yardsticks.includes(name)));
  const half = others.length >> 1;
  return [...yardsticks, ...others.slice(0, half), ...yardsticks, ...others.slice(half), ...yardsticks];
}

/** All that was measured: `{ round, subject, mix?, … }` each, or `{ …, error }`. */
export class Measured {
  rows = [];

  add(about, result) {
    this.rows.push({ ...about, ...result });
    if (result.error !== undefined) process.stderr.write(`${about.subject}, ${about.mix ?? ''}: ${result.error}\n`);
  }

  get failed() {
    return this.rows.some(({ error }) => error !== undefined);
  }

  /** One value a round: of what ran several times in it, the median. Undefined where nothing was measured. */
  rounds(subject, read, mix) {
    const rows = this.rows.filter((row) => row.subject === subject && row.mix === mix && row.error === undefined);
    const byRound = Map.groupBy(rows, ({ round }) => round);
    const rounds = 1 + Math.max(0, ...this.rows.map(({ round }) => round));
    return Array.from({ length: rounds }, (_, round) => {
      const values = byRound.get(round)?.map(read) ?? [];
      return values.length > 0 ? median(values) : undefined;
    });
  }

  values(subject, read, mix) {
    return this.rounds(subject, read, mix).filter((value) => value !== undefined);
  }

  /** `over / under`, within each round. */
  ratios(over, under, read) {
    const divisors = this.rounds(under.subject, read, under.mix);
    return this.rounds(over.subject, read, over.mix)
      .map((value, round) => value / divisors[round])
      .filter(Number.isFinite);
  }
}

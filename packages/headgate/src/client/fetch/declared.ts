import { Limit, type Terms } from '../model/limit.ts';
import type { AskedFor, DeclaredLimit } from './options.ts';

const SPAN_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  second: 1000,
  m: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
};
/** Counters of declared limits, over all their partitions; past it, the oldest that holds nothing is forgotten. */
const MAX_COUNTERS = 10_000;

/** Limits declared by name, as counters of their partitions. */
export class Declared {
  readonly #specs: readonly { name: string; terms: Terms; spec: DeclaredLimit }[];
  readonly #counters = new Map<string, Limit>();

  /** @throws TypeError for a limit that is neither a rate nor a concurrency, or whose rate cannot be read */
  constructor(limits: Readonly<Record<string, DeclaredLimit>>) {
    this.#specs = Object.entries(limits).map(([name, spec]) => ({ name, spec, terms: termsOf(name, spec) }));
  }

  /** The counters that a request of this scope counts on, and what it costs each. */
  of(scope: string, asked: AskedFor): Map<Limit, number> {
    const costs = new Map<Limit, number>();
    for (const { name, terms, spec } of this.#specs) {
      if (spec.when?.(asked) === false) continue;
      costs.set(this.#counter([scope, name, spec.per?.(asked) ?? ''].join('\n'), terms), spec.cost?.(asked) ?? 1);
    }
    return costs;
  }

  #counter(key: string, terms: Terms): Limit {
    const counter = this.#counters.get(key) ?? new Limit({ ...terms, name: terms.name });
    this.#counters.delete(key);
    this.#counters.set(key, counter);
    if (this.#counters.size > MAX_COUNTERS) this.#forgetOne();
    return counter;
  }

  #forgetOne(): void {
    for (const [key, { ledger }] of this.#counters)
      if (ledger.pending === 0) {
        this.#counters.delete(key);
        return;
      }
  }
}

function termsOf(name: string, { rate, concurrency, algorithm = 'sliding', slices, burst }: DeclaredLimit): Terms {
  if (concurrency !== undefined && rate === undefined)
    return { name, source: 'declared', kind: 'concurrency', capacity: whole(name, 'concurrency', concurrency) };
  const [, units, count, span] =
    /^(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)?(ms|s|second|m|minute|h|hour)s?$/.exec(rate ?? '') ?? [];
  const windowMs = Number(count ?? 1) * (SPAN_MS[span ?? ''] ?? 0);
  const perWindow = Number(units);
  if (!(windowMs > 0 && perWindow > 0) || concurrency !== undefined)
    throw new TypeError(`limits.${name}: expected either a rate such as "100/minute" or a concurrency, got ${rate}`);
  // Half a unit a second is one in two.
  const scale = perWindow < 1 ? 1 / perWindow : 1;
  const capacity =
    algorithm === 'bucket' && burst !== undefined ? whole(name, 'burst', burst) : Math.floor(perWindow * scale);
  // A bucket's window is the time in which it fills.
  const fillMs = algorithm === 'bucket' ? (windowMs * capacity) / perWindow : windowMs * scale;
  return { name, source: 'declared', capacity, algorithm, slices, windowMs: fillMs };
}

function whole(name: string, member: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new TypeError(`limits.${name}.${member}: expected a whole number above 0, got ${value}`);
}

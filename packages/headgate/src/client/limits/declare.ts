import { MAX_COUNTERS } from '../figures.ts';
import type { AskedFor, DeclaredLimits } from '../fetch/options.ts';
import { Limit, type Terms } from '../model/limit.ts';
import { releaseOf, type Algorithm } from './release.ts';

/** A limit that is known beforehand. */
export interface DeclaredLimit {
  /** Units over a duration: `100/minute`, `50/10s`, `0.5/s`. Exactly one of `rate` and `concurrency`. */
  readonly rate?: string;
  /** Requests at once. */
  readonly concurrency?: number;
  /** Default `sliding`, as in a policy; say `fixed` for "the window resets". */
  readonly algorithm?: Algorithm;
  /** Sliding: in so many slices. Default 16, as in a policy; `Infinity` for an exact log. */
  readonly slices?: number;
  /** Bucket: what it holds. Default the units of the rate. */
  readonly burst?: number;
  /** Requests of equal text share a counter; default one for the scope. */
  readonly per?: (request: AskedFor) => string;
  /** What does not count at all. Default: everything counts. */
  readonly when?: (request: AskedFor) => boolean;
  /** Units that a request costs. Default 1. */
  readonly cost?: (request: AskedFor) => number;
}

/**
 * Declares limits by hand, for `createFetch({ limits })`.
 * @throws TypeError for a limit that is neither a rate nor a concurrency, or whose rate cannot be read
 */
export const declare = (limits: Readonly<Record<string, DeclaredLimit>>): DeclaredLimits => new Counters(limits);

const SPAN_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  second: 1000,
  m: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
};

/** Limits by name, as counters of their partitions. */
class Counters implements DeclaredLimits {
  readonly #specs: readonly { name: string; terms: (key: string) => Terms; spec: DeclaredLimit }[];
  readonly #counters = new Map<string, Limit>();

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

  at(key: string): Limit | undefined {
    const [, name] = key.split('\n');
    const terms = this.#specs.find((one) => one.name === name)?.terms;
    return terms && this.#counter(key, terms);
  }

  in(scope: string): readonly Limit[] {
    return [...this.#counters].filter(([key]) => key.startsWith(`${scope}\n`)).map(([, limit]) => limit);
  }

  #counter(key: string, terms: (key: string) => Terms): Limit {
    const counter = this.#counters.get(key) ?? new Limit(terms(key));
    this.#counters.delete(key);
    this.#counters.set(key, counter);
    for (const [other, { pending }] of this.#counters.size > MAX_COUNTERS ? this.#counters : []) {
      if (pending > 0) continue;
      this.#counters.delete(other);
      break;
    }
    return counter;
  }
}

/** Each counter has a window of its own. */
function termsOf(name: string, spec: DeclaredLimit): (key: string) => Terms {
  const { rate, concurrency, algorithm = 'sliding', slices = 16, burst } = spec;
  if (concurrency !== undefined && rate === undefined) {
    const capacity = whole(name, 'concurrency', concurrency);
    return (key) => ({ name, key, source: 'declared', kind: 'concurrency', capacity });
  }
  const { units, windowMs } = rateOf(name, concurrency === undefined ? (rate ?? '') : '');
  const capacity = algorithm === 'bucket' && burst !== undefined ? whole(name, 'burst', burst) : units;
  // A bucket's window is the time in which it fills.
  const fillMs = (windowMs * capacity) / units;
  return (key) => ({
    name,
    key,
    source: 'declared',
    capacity,
    windowMs: fillMs,
    steps: algorithm !== 'bucket',
    release: releaseOf(algorithm, fillMs, capacity, slices),
  });
}

function rateOf(name: string, rate: string): { units: number; windowMs: number } {
  const written = /^(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)?(ms|s|second|m|minute|h|hour)s?$/;
  const [, units, count = 1, span = ''] = written.exec(rate) ?? [];
  const windowMs = Number(count) * (SPAN_MS[span] ?? 0);
  if (!(windowMs > 0 && Number(units) > 0))
    throw new TypeError(`limits.${name}: expected either a rate such as "100/minute" or a concurrency, got "${rate}"`);
  // Half a unit a second is one in two.
  const scale = Math.max(1, 1 / Number(units));
  return { units: Math.floor(Number(units) * scale), windowMs: windowMs * scale };
}

function whole(name: string, member: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new TypeError(`limits.${name}.${member}: expected a whole number above 0, got ${value}`);
}

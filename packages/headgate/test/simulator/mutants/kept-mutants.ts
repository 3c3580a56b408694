import type { Mutant } from '../../mutants/mutants.ts';

const names = 'stores/sqlite/names.ts';
const sweep = 'stores/sqlite/sweep.ts';
const overflow = 'stores/sqlite/overflow.ts';
const table = 'stores/memory/table.ts';

/** Wrongs of the store in a file, which the contract does not meet: they need a process that ends, or a file that is swept. */
export const KEPT_MUTANTS: readonly Mutant[] = [
  {
    name: 'a lease of a clock that was set back since lasts until its time comes again',
    file: names,
    from: 'return Math.min(untilMs, now + lifetimeMs);',
    to: 'return lifetimeMs < 0 ? now : untilMs;',
  },
  {
    name: 'the sweep removes what is held without an end',
    file: sweep,
    from: 'return record.holdsLevel || record.idleAtMs > t.now',
    to: 'return record.idleAtMs > t.now',
  },
  {
    name: 'whoever shares a record in a file moves out when there is room',
    file: overflow,
    from: '(full || shared.untilMs > now)',
    to: 'full',
  },
  {
    name: 'what is shared is not looked for by the process that comes later',
    file: overflow,
    from: "this.#shares = rows.about('shared') > 0;",
    to: 'this.#shares = false;',
  },
  {
    name: 'a file that is full is not seen to be',
    file: overflow,
    from: 'this.#rows.records + this.#shelves.fresh() >= this.#most',
    to: 'this.#rows.records + this.#shelves.fresh() >= this.#most * 1e6',
  },
  {
    name: 'whoever shares a row in memory moves out when there is room',
    file: table,
    from: 'if (this.#overflow.length > 0 && this.#holds(this.#shared(key), now)) return this.#overflowed(key);',
    to: '',
  },
];

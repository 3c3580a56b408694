import type { Mutant } from '../../mutants/mutants.ts';

const names = 'stores/sqlite/names.ts';
const sweep = 'stores/sqlite/sweep.ts';

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
];

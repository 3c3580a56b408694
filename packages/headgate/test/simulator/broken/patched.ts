import { Ledger } from '../../../src/core/index.ts';
import { Cache } from '../../../src/stores/sqlite/cache.ts';
import { Kept } from '../../../src/stores/sqlite/kept.ts';
import { KeptLedger } from '../../../src/stores/sqlite/ledger.ts';

/** A part of the store that does nothing, or something else, until it is mended again. */
export interface Patch {
  readonly name: string;
  readonly apply: () => () => void;
}

function replaced<T extends object, K extends keyof T>(where: T, name: K, by: T[K]): () => void {
  const before = where[name];
  where[name] = by;
  return () => {
    where[name] = before;
  };
}

export const PATCHES: readonly Patch[] = [
  { name: 'does not take a failed tick back', apply: () => replaced(Kept.prototype, 'rollBack', () => 0) },
  { name: 'lets nothing leave memory', apply: () => replaced(Cache.prototype, 'overdue', () => []) },
  {
    name: 'does not write down that a lease has ended',
    apply: () =>
      replaced(KeptLedger.prototype, 'end', function end(this: KeptLedger, lease) {
        return Ledger.prototype.end.call(this, lease);
      }),
  },
];

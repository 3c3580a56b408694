import { FAILED, own, type Scope } from './scope.ts';
import { isList } from './values.ts';

/** A function of the program around the gate: what it is given is data, and so is what it must return. */
export type HostFunction = (...args: readonly unknown[]) => unknown;

/** `lookup("NAME", [first, second, …], default)`: the row of the first key that has one. */
export function lookup([name, keys, otherwise]: readonly unknown[], scope: Scope): unknown {
  const table = own(scope.visible.tables, String(name));
  const all = isList(keys) ? keys : [keys];
  if (!scope.spend(all.length)) return FAILED;
  for (const key of all) {
    const row =
      typeof key === 'string' || typeof key === 'number' || typeof key === 'boolean'
        ? own(table, String(key))
        : undefined;
    if (row !== undefined) return row;
  }
  return otherwise === undefined ? scope.miss(`tables.${String(name)}`) : otherwise;
}

/** `host("NAME", …)`. Whatever is no text, no number and no truth value is none, and so is what it throws. */
export function host([name, ...args]: readonly unknown[], scope: Scope): unknown {
  const value = scope.visible.hosts?.[String(name)]?.(...args);
  if (typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
    return value;
  return scope.miss(`host.${String(name)}`);
}

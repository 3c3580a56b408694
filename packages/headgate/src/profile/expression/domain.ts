import { FAILED, type Scope } from './scope.ts';
import { spendText } from './values.ts';

/** Characters of a name, dots included (RFC 1035 2.3.4, less the root). */
const MAX_NAME = 253;

/** The part of a name that somebody registered: one label more than its public suffix. A suffix itself, and an address, have none. */
export function registeredDomain([name]: readonly unknown[], scope: Scope): unknown {
  if (typeof name !== 'string' || !spendText(scope, name.length) || name.length > MAX_NAME + 1) return FAILED;
  return scope.visible.registered?.(name) ?? FAILED;
}

/** Whether any expression in compiled data asks for one. */
export function readsDomains(data: unknown): boolean {
  if (typeof data !== 'object' || data === null) return false;
  return (Array.isArray(data) && data[0] === 'domain.registered') || Object.values(data).some(readsDomains);
}

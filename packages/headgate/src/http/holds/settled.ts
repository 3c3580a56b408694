import { HeadgateError } from '../../core/index.ts';
import type { PlannedLimit } from '../../profile/index.ts';
import { upon, type Soon } from '../soon.ts';
import type { Ender, Ends } from './ender.ts';
import type { Holds } from './holds.ts';
import type { Kept } from './kept.ts';
import type { OnReport } from './report.ts';
import { endsWithExchange, type Reservation } from './reservation.ts';

/**
 * What becomes of a reservation. `settle`: what it cost, by the name of a limit or of a meter, in what people read (dollars, and not
 * millionths); with no name at all, what was reserved. What is not named stays as it is.
 */
export type Resolution = { readonly settle: Readonly<Record<string, number>> } | 'cancel' | 'renew';

/** Resolves by id what an exchange, or a job, holds. A permit that ends with its exchange stays with it. */
export function createResolve(
  holds: Holds,
  ender: Ender,
  kept: Kept | undefined,
  report: OnReport,
): (id: string, how: Resolution) => Soon<'ok' | 'unknown'> {
  return (id, how) => {
    const reservation = holds.find(id);
    if (reservation !== undefined) return resolved(reservation, how);
    return upon(kept?.find(id), (found) => (found === undefined ? unknown(id) : resolved(found, how)));
  };

  function unknown(id: string): 'unknown' {
    if (holds.hasLapsed(id))
      report({ is: 'late', limit: '', operation: '', subject: '', detail: 'ended after its lease' });
    return 'unknown';
  }

  function resolved(reservation: Reservation, how: Resolution): Soon<'ok' | 'unknown'> {
    return upon(isDone(reservation, how), (is) => (is ? 'ok' : 'unknown'));
  }

  function isDone(reservation: Reservation, how: Resolution): Soon<boolean> {
    if (how === 'renew') {
      return upon(ender.prolong(reservation), (isRenewed) => {
        if (isRenewed && holds.known(reservation.id) === reservation) holds.agenda.enter(reservation);
        return isRenewed;
      });
    }
    const ends = how === 'cancel' ? endsAt(reservation, () => 0) : settledBy(reservation, how.settle);
    return ends.some((units) => units !== undefined) ? ender.end(reservation, ends) : false;
  }
}

function settledBy(reservation: Reservation, costs: Readonly<Record<string, number>>): Ends {
  const names = Object.keys(costs);
  if (names.length === 0) return endsAt(reservation, (_limit, i) => reservation.leftOf(i));
  for (const name of names) requireHeld(reservation, name);
  return endsAt(reservation, (limit) => {
    const name = names.find((one) => isCalled(limit, one));
    return name === undefined ? undefined : unitsOf(name, costs[name], limit);
  });
}

function endsAt(reservation: Reservation, unitsFor: (limit: PlannedLimit, i: number) => number | undefined): Ends {
  return reservation.limits.map((limit, i) =>
    reservation.isOpen(i) && !endsWithExchange(limit) ? unitsFor(limit, i) : undefined,
  );
}

function isCalled({ name, hold }: PlannedLimit, called: string): boolean {
  return name === called || hold?.meter === called;
}

/** @throws HeadgateError `ERR_SETTLE` */
function requireHeld({ limits }: Reservation, name: string): void {
  const held = limits.filter((limit) => limit.hold !== undefined && !endsWithExchange(limit));
  if (held.some((limit) => isCalled(limit, name))) return;
  const all = held.map((limit) => limit.name).join(', ');
  throw new HeadgateError(
    'ERR_SETTLE',
    `settle: this reservation holds nothing called "${name.slice(0, 64)}"; it holds ${all}`,
  );
}

/** @throws HeadgateError `ERR_SETTLE` */
function unitsOf(name: string, cost: unknown, { precision }: PlannedLimit): number {
  const exact = typeof cost === 'number' ? cost * 10 ** precision : NaN;
  const units = Math.round(exact);
  if (Number.isSafeInteger(units) && units >= 0 && Math.abs(exact - units) <= exact * 4 * Number.EPSILON) return units;
  const digits = precision === 0 ? 'a whole number' : `a number of at most ${precision} decimals`;
  throw new HeadgateError('ERR_SETTLE', `settle.${name}: expected ${digits}, 0 or more; got ${JSON.stringify(cost)}`);
}

import { upon } from '../soon.ts';
import type { Ender } from './ender.ts';
import type { Holds } from './holds.ts';
import type { Reservation } from './reservation.ts';

/** Reservations looked at in one turn: what comes due at once beyond that is looked at in the next. */
const MOST_A_TURN = 1000;

/** Looks after what is due: what has lasted begins to count, leases of exchanges that last are begun again, and what lapsed is reported. */
export function createTend(holds: Holds, ender: Ender): (nowMs: number) => void {
  return (nowMs) => {
    for (const reservation of holds.agenda.due(nowMs, MOST_A_TURN)) look(reservation, nowMs);
  };

  function look(reservation: Reservation, nowMs: number): void {
    for (const check of reservation.takeLasting(nowMs)) void ender.leave(reservation, check, reservation.leftOf(check));
    const isRenewed = reservation.inFlight && ender.renew(reservation);
    void upon(isRenewed, (is) => (is ? holds.agenda.enter(reservation) : lapse(reservation, nowMs)));
  }

  function lapse(reservation: Reservation, nowMs: number): void {
    const lapsed = reservation.lapsedBy(nowMs);
    if (lapsed.length > 0) holds.lapsed(reservation);
    for (const check of lapsed) {
      ender.report(reservation, check, 'lapsed', 'nobody said within its lease what became of it');
      holds.close(reservation, check);
    }
    if (reservation.open > 0) holds.agenda.enter(reservation);
  }
}

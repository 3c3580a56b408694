import { upon } from '../soon.ts';
import type { Ender } from './ender.ts';
import type { Holds } from './holds.ts';
import type { Kept } from './kept.ts';
import type { Reservation } from './reservation.ts';

/** Reservations looked at in one turn: what comes due at once beyond that is looked at in the next. */
const MOST_A_TURN = 1000;

/** Looks after what is due: what has lasted begins to count, leases of exchanges that last are begun again, and what lapsed is reported. */
export function createTend(holds: Holds, ender: Ender, kept: Kept | undefined): (nowMs: number) => void {
  return (nowMs) => {
    for (const reservation of holds.agenda.due(nowMs, MOST_A_TURN)) look(reservation, nowMs);
  };

  function look(reservation: Reservation, nowMs: number): void {
    const lasting = reservation.takeLasting(nowMs);
    for (const check of lasting) void ender.leave(reservation, check, reservation.leftOf(check));
    if (lasting.length > 0) kept?.note(reservation);
    const isRenewed = reservation.inFlight && ender.prolong(reservation);
    void upon(isRenewed, (is) => (is ? holds.agenda.enter(reservation) : lapse(reservation, nowMs)));
  }

  function lapse(reservation: Reservation, nowMs: number): void {
    const lapsed = reservation.lapsedBy(nowMs);
    void upon(kept?.stillHeld(reservation, lapsed) ?? lapsed, (held) => {
      if (held.length > 0) holds.lapsed(reservation);
      for (const check of held)
        ender.report(reservation, check, 'lapsed', 'nobody said within its lease what became of it');
      for (const check of lapsed) ender.close(reservation, check);
      if (lapsed.length > 0) kept?.changed(reservation);
      if (reservation.open > 0) holds.agenda.enter(reservation);
    });
  }
}

import { unlessDown } from '../failing/outage.ts';
import { upon, type Soon } from '../soon.ts';
import { indexIn, lifetimeOf, quietly, type Keeping } from './keeping.ts';
import { KeptNames } from './kept-names.ts';
import type { Reservation } from './reservation.ts';
import { revived, written } from './written.ts';

/**
 * What is held as the store keeps it, for those who did not begin it: this server after a restart, and others that share the store. What is counted
 * stands in records; a note that is lost, or late, leaves something to its lease, and one too many ends nothing twice.
 */
export class Kept {
  readonly names: KeptNames;
  readonly #keeping: Keeping;

  constructor(keeping: Keeping) {
    this.#keeping = keeping;
    this.names = new KeptNames(keeping, (id) => this.find(id));
  }

  /** Notes what a reservation holds from now on, as far as others may end it. */
  note(reservation: Reservation): void {
    const { by, memos } = this.#keeping;
    if (reservation.by !== by) return;
    const checks = reservation.lasting();
    if (checks.length === 0) return this.#forget(reservation);
    reservation.noted = 'whole';
    void unlessDown(
      () => memos.put(idOf(reservation.id), written(reservation, checks, true), lifetimeOf(reservation, checks)),
      () => void (reservation.noted = undefined),
    );
  }

  /** The same of what lasts, if that was not known at its beginning: most exchanges are over before anybody else could end them. */
  lasts(reservation: Reservation): void {
    if (reservation.noted === undefined) this.note(reservation);
  }

  /** The same where it has changed, of what was noted. */
  changed(reservation: Reservation): void {
    if (reservation.noted === 'whole') this.note(reservation);
    else if (reservation.noted === 'part') quietly(() => this.#changePart(reservation));
  }

  #changePart(part: Reservation): Soon<void> {
    return upon(this.find(part.id), (whole) => {
      const i = whole === undefined ? -1 : indexIn(whole, part.counterOf(0));
      if (whole === undefined || i < 0) return;
      if (part.isOpen(0)) whole.leave(i, part.leftOf(0));
      else whole.close(i);
      this.note(whole);
    });
  }

  #forget(reservation: Reservation): void {
    if (reservation.noted === undefined) return;
    reservation.noted = undefined;
    quietly(() => this.#keeping.memos.take(idOf(reservation.id)));
  }

  /** What is held under an id, as far as it was noted. @throws or rejects with an Outage */
  find(id: string): Soon<Reservation | undefined> {
    const { memos, by, nowMs } = this.#keeping;
    return upon(memos.read(idOf(id)), (text) => {
      const found = text === undefined ? undefined : revived(text, by, nowMs());
      if (found !== undefined) found.noted = 'whole';
      return found;
    });
  }

  /** Which of these checks nobody has ended elsewhere. */
  stillHeld(reservation: Reservation, checks: readonly number[]): Soon<readonly number[]> {
    if (reservation.noted !== 'whole') return checks;
    const held = (): Soon<readonly number[]> =>
      upon(this.find(reservation.id), (found) =>
        checks.filter((i) => found !== undefined && indexIn(found, reservation.counterOf(i)) >= 0),
      );
    return unlessDown(held, () => checks);
  }
}

/** Apart from what is held by names. */
function idOf(reservationId: string): string {
  return `r ${reservationId}`;
}

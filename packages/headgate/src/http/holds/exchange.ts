import type { Fields } from '../request.ts';
import type { Ending, Reads } from './ending.ts';
import type { Reservation } from './reservation.ts';

/** What is left to do about a request that passes, once its exchange is over. */
export interface Exchange {
  readonly reads: Reads | undefined;
  readonly hands: Fields;
  readonly end: (ending: Ending) => void;
  /** Whether anything is held still. */
  readonly isHeld: boolean;
}

const NOTHING: Fields = [];

/** Of a request that holds nothing, and whose response ends nothing. */
export const NOTHING_HELD: Exchange = { reads: undefined, hands: NOTHING, end: () => undefined, isHeld: false };

/** The field in which the API gets a reservation's id, so that it may settle it. */
const RESERVATION = 'x-headgate-reservation';

/**
 * Of a request that holds something, or whose response ends something. A class, since V8 makes a kind of its own for each literal with a
 * getter (docs/decisions/0468), and keeps that, with the request that the getter sees, until it marks the whole heap.
 */
export class HeldExchange implements Exchange {
  readonly reads: Reads | undefined;
  readonly hands: Fields;
  readonly end: (ending: Ending) => void;
  readonly #reservation: Reservation | undefined;

  constructor(reservation: Reservation | undefined, reads: Reads | undefined, end: (ending: Ending) => void) {
    this.#reservation = reservation;
    this.reads = reads;
    this.hands = reservation === undefined ? NOTHING : [RESERVATION, reservation.id];
    this.end = end;
  }

  get isHeld(): boolean {
    return this.#reservation !== undefined && this.#reservation.open > 0;
  }
}

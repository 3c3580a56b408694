import type { Reservation } from './reservation.ts';

/** How finely the future is divided: nothing is looked at later than this after it is due, if somebody looks. In ms. */
const SPAN_MS = 250;

/** What must be looked at when: spans of time and what is due in each, so that nothing is sorted and nobody keeps a timer. */
export class Agenda {
  readonly #spans: Map<number, Set<Reservation>> = new Map();
  /** No span before this one has anything in it. */
  #first = Infinity;

  /** Enters it, or moves it, to when it is due. */
  enter(reservation: Reservation): void {
    const dueAtMs = reservation.dueAtMs();
    const span = dueAtMs === Infinity ? undefined : Math.floor(dueAtMs / SPAN_MS) + 1;
    if (span === reservation.span) return;
    this.drop(reservation);
    if (span === undefined) return;
    let due = this.#spans.get(span);
    if (due === undefined) this.#spans.set(span, (due = new Set()));
    due.add(reservation);
    reservation.span = span;
    if (span < this.#first) this.#first = span;
  }

  drop(reservation: Reservation): void {
    const { span } = reservation;
    if (span === undefined) return;
    reservation.span = undefined;
    const due = this.#spans.get(span);
    due?.delete(reservation);
    // A span to come may be used again: it is left until it has passed.
  }

  /** Takes out at most `most` of what is due. */
  due(nowMs: number, most: number): readonly Reservation[] {
    const now = Math.floor(nowMs / SPAN_MS);
    if (now < this.#first) return [];
    const found: Reservation[] = [];
    const spans = [...this.#spans.keys()].filter((span) => span <= now).toSorted((a, b) => a - b);
    for (const span of spans) {
      for (const reservation of this.#spans.get(span) ?? []) {
        if (found.length === most) return found;
        found.push(reservation);
        this.drop(reservation);
      }
      this.#spans.delete(span);
    }
    this.#first = Infinity;
    for (const span of this.#spans.keys()) if (span < this.#first) this.#first = span;
    return found;
  }
}

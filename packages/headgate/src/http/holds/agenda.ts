import type { Reservation } from './reservation.ts';

/** How finely the future is divided: nothing is looked at later than this after it is due, if somebody looks. In ms. */
const SPAN_MS = 250;

/** What must be looked at when: spans of time and what is due in each, so that nothing is sorted and nobody keeps a timer. */
export class Agenda {
  readonly #spans: Map<number, Set<Reservation>> = new Map();
  readonly #spanOf: Map<Reservation, number> = new Map();
  /** No span before this one has anything in it. */
  #first = Infinity;

  get size(): number {
    return this.#spanOf.size;
  }

  /** Enters it, or moves it, to when it is due. */
  enter(reservation: Reservation): void {
    this.drop(reservation);
    const dueAtMs = reservation.dueAtMs();
    if (dueAtMs === Infinity) return;
    const span = Math.floor(dueAtMs / SPAN_MS) + 1;
    const due = this.#spans.get(span) ?? new Set();
    this.#spans.set(span, due.add(reservation));
    this.#spanOf.set(reservation, span);
    this.#first = Math.min(this.#first, span);
  }

  drop(reservation: Reservation): void {
    const span = this.#spanOf.get(reservation);
    if (span === undefined) return;
    this.#spanOf.delete(reservation);
    const due = this.#spans.get(span);
    due?.delete(reservation);
    if (due?.size === 0) this.#spans.delete(span);
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
    }
    this.#first = Infinity;
    for (const span of this.#spans.keys()) this.#first = Math.min(this.#first, span);
    return found;
  }
}

import type { Reservation } from './reservation.ts';

/** How finely the future is divided: nothing is looked at later than this after it is due, if somebody looks. In ms. */
const SPAN_MS = 250;

/**
 * What must be looked at when: spans of time and what is due in each, so that nothing is sorted and nobody keeps a timer. Most
 * exchanges are over in no time: whatever begins stands in line, and is given a span only when it lasts.
 */
export class Agenda {
  readonly #line: Line = new Line();
  readonly #onLasting: (reservation: Reservation) => void;
  readonly #spans: Map<number, Set<Reservation>> = new Map();
  /** No span before this one has anything in it. */
  #first = Infinity;

  /** @param onLasting told of each reservation that is given a span */
  constructor(onLasting: (reservation: Reservation) => void) {
    this.#onLasting = onLasting;
  }

  /** Enters what begins now. */
  begin(reservation: Reservation): void {
    this.#line.join(reservation);
  }

  /** Enters it, or moves it, to when it is due. */
  enter(reservation: Reservation): void {
    const dueAtMs = reservation.dueAtMs();
    const span = dueAtMs === Infinity ? undefined : Math.floor(dueAtMs / SPAN_MS) + 1;
    if (span !== undefined && span === reservation.span) return;
    // Whatever becomes of it, it stands in line no more: whoever empties the line relies on that.
    this.drop(reservation);
    if (span === undefined) return;
    let due = this.#spans.get(span);
    if (due === undefined) this.#spans.set(span, (due = new Set()));
    due.add(reservation);
    reservation.span = span;
    this.#onLasting(reservation);
    if (span < this.#first) this.#first = span;
  }

  drop(reservation: Reservation): void {
    this.#line.leave(reservation);
    const { span } = reservation;
    if (span === undefined) return;
    reservation.span = undefined;
    // The span itself may be used again: it is left until it has passed.
    this.#spans.get(span)?.delete(reservation);
  }

  /** Whether nothing will ever be due of what was entered so far. */
  get isEmpty(): boolean {
    return this.#first === Infinity && this.#line.head === undefined;
  }

  /** Takes out at most `most` of what is due. */
  due(nowMs: number, most: number): readonly Reservation[] {
    // What is in line for as long as a span is due in none that has passed: no lease is so short.
    this.admit(nowMs - SPAN_MS);
    const now = Math.floor(nowMs / SPAN_MS);
    return now < this.#first ? NOTHING : this.#take(now, most);
  }

  /** Gives spans to those in line that began by then. */
  admit(byMs: number): void {
    for (let { head } = this.#line; head !== undefined && head.beganAtMs <= byMs; { head } = this.#line)
      this.enter(head);
  }

  #take(now: number, most: number): readonly Reservation[] {
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

const NOTHING: readonly Reservation[] = [];

/** A line that anybody may leave, which costs the same wherever he stands. */
class Line {
  head: Reservation | undefined;
  #tail: Reservation | undefined;

  join(one: Reservation): void {
    one.before = this.#tail;
    if (this.#tail === undefined) this.head = one;
    else this.#tail.after = one;
    this.#tail = one;
  }

  leave(one: Reservation): void {
    const { before, after } = one;
    if (before === undefined && this.head !== one) return; // He does not stand in it.
    if (before === undefined) this.head = after;
    else before.after = after;
    if (after === undefined) this.#tail = before;
    else after.before = before;
    one.before = one.after = undefined;
  }
}

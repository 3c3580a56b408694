import { TwoGenerations } from '../../profile/index.ts';
import type { Reservation } from './reservation.ts';

/** What is held under an id. */
export interface Named {
  readonly reservation: Reservation;
  /** Which of its checks. */
  readonly check: number;
  /** Units it holds; those of a level that stays are charged for good, and come back by an adjustment. */
  readonly units: number;
  readonly stays: boolean;
  /** Whether the same check holds others under other names. */
  readonly isPart?: boolean;
  /** Whether the store knows of it, too. */
  isNoted?: boolean;
}

/** Ids of things held, at most. What comes beyond is ended by its lease alone, or by an operator. */
const MAX_NAMED = 250_000;
/** Ends remembered that came before what they end was known by its id, half of them from the last generation. */
const MAX_EARLY = 5000;

/**
 * What is held beyond its exchange, found by limit and id: how a poll finds the job that another request began. An id belongs to
 * the API: two things that it calls alike are ended together.
 */
export class Names {
  readonly #named: Map<string, Named[]> = new Map();
  readonly #early: TwoGenerations<string, number> = new TwoGenerations(MAX_EARLY);
  #size = 0;
  #moments = 0;

  get size(): number {
    return this.#size;
  }

  /** False when there is no room. */
  add(name: string, named: Named): boolean {
    if (this.#size >= MAX_NAMED) return false;
    const others = this.#named.get(name);
    if (others === undefined) this.#named.set(name, [named]);
    else others.push(named);
    this.#size++;
    if (!named.stays) keep(named.reservation.namesOf(named.check), name);
    return true;
  }

  /** Takes out what is held under a name. */
  take(name: string): readonly Named[] {
    const found = this.#named.get(name) ?? [];
    this.#named.delete(name);
    this.#size -= found.length;
    return found;
  }

  /** Forgets one of what is held under a name. */
  remove(name: string, named: Named): void {
    for (const one of this.take(name)) if (one !== named) this.add(name, one);
  }

  /** Forgets all that is held under a name of one check of a reservation, which is over. */
  drop(reservation: Reservation, check: number): void {
    for (const name of reservation.names?.[check]?.splice(0) ?? []) {
      const all = this.take(name);
      const others = all.filter((one) => one.reservation !== reservation || one.check !== check);
      if (others.length > 0) this.#named.set(name, others);
      this.#size += others.length;
    }
  }

  /** A moment that is later than every one before it: two things may happen within one millisecond. */
  now(): number {
    return this.#moments++;
  }

  /** It was known by this name, elsewhere. */
  notEarly(name: string): void {
    this.#early.set(name, -1);
  }

  /** Remembers that something was ended which nobody knows by this name yet. */
  endedEarly(name: string): void {
    this.#early.set(name, this.now());
  }

  /** Whether it was ended after that moment: a job may be over before the answer that tells its id has passed. */
  wasEndedSince(name: string, moment: number): boolean {
    return (this.#early.get(name) ?? -1) > moment;
  }
}

/** Once: what stays under a name when another is replaced is put there again. */
function keep(names: string[], name: string): void {
  if (!names.includes(name)) names.push(name);
}

/** Names of limits have no spaces, so that no two are one. */
export function nameOf(limit: string, id: string): string {
  return `${limit} ${id}`;
}

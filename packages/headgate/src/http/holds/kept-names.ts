import { unlessDown } from '../failing/outage.ts';
import { all, upon, type Soon } from '../soon.ts';
import { EARLY_MS, indexIn, lifetimeOf, quietly, type Keeping } from './keeping.ts';
import type { Named } from './names.ts';
import type { Reservation } from './reservation.ts';
import { revived, written } from './written.ts';

/** What stands under a name: one of what several may hold under it. */
interface Entry {
  readonly units: number;
  readonly stays: boolean;
  readonly isPart: boolean;
  /** As `written` writes it: one check. */
  readonly of: string;
}

const NOTHING: readonly Named[] = [];

/** What is held under names, as the store keeps it: one memo a name, which says all that it takes to end it. */
export class KeptNames {
  readonly #keeping: Keeping;
  readonly #find: (id: string) => Soon<Reservation | undefined>;

  /** @param find all that is noted of a reservation */
  constructor(keeping: Keeping, find: (id: string) => Soon<Reservation | undefined>) {
    this.#keeping = keeping;
    this.#find = find;
  }

  /**
   * Puts something under a name, and says what is over: what of the same counter it replaces, and itself where it was ended elsewhere before it had
   * a name. `known`: what this process knows of that, as in `take`.
   */
  name(name: string, named: Named, known: readonly Named[]): Soon<readonly Named[]> {
    if (named.reservation.by !== this.#keeping.by) return known;
    const put = (): Soon<readonly Named[]> =>
      upon(this.#put(name, [named]), (text) => {
        named.isNoted = true;
        if (wasEndedEarly(named, text)) return this.#takeBack(name, named, known);
        return this.#putBack(name, named, this.#told(text, known));
      });
    return unlessDown(put, () => known);
  }

  #takeBack(name: string, named: Named, known: readonly Named[]): readonly Named[] {
    quietly(() => this.#keeping.memos.take(calledOf(name)));
    return [...this.#told(undefined, known), named];
  }

  /** What others hold under the name stays there. */
  #putBack(name: string, named: Named, before: readonly Named[]): readonly Named[] {
    const counter = counterOf(named);
    const others = before.filter((one) => counterOf(one) !== counter);
    if (others.length > 0) quietly(() => this.#put(name, [named, ...others]));
    return before.filter((one) => counterOf(one) === counter && one.reservation.id !== named.reservation.id);
  }

  /**
   * Takes out what is held under a name. Of what this process knows, that counts which was never noted, and all of it while nobody can be asked; what
   * was noted and is not there has been ended elsewhere. Where nothing is, it is marked: another process may not have passed the answer that tells the
   * name.
   * @param onUnasked told where nobody could be asked
   */
  take(name: string, known: readonly Named[], onUnasked: () => void): Soon<readonly Named[]> {
    const taken = (): Soon<readonly Named[]> =>
      upon(this.#keeping.memos.mark(calledOf(name), EARLY_MS), (text) => this.#told(text, known));
    return unlessDown(taken, () => {
      onUnasked();
      return known;
    });
  }

  #told(text: string | undefined, known: readonly Named[]): readonly Named[] {
    const told = this.#heldIn(text, known);
    const isTold = (one: Named): boolean => told.some(({ reservation }) => reservation === one.reservation);
    return [...told, ...known.filter((one) => one.isNoted !== true && !isTold(one))];
  }

  /** One check is over, by whatever end: nothing is found under its names. */
  drop(reservation: Reservation, check: number): void {
    if (reservation.by !== this.#keeping.by) return;
    for (const name of reservation.names?.[check] ?? []) quietly(() => this.#drop(name, reservation.id));
  }

  #drop(name: string, id: string): Soon<unknown> {
    return upon(this.#keeping.memos.read(calledOf(name)), (text) => {
      const held = this.#heldIn(text);
      const others = held.filter(({ reservation }) => reservation.id !== id);
      if (others.length === held.length) return undefined;
      return others.length === 0 ? this.#keeping.memos.take(calledOf(name)) : this.#put(name, others);
    });
  }

  /** Units that those parts hold which nobody has ended, wherever. `known`: as far as this process knows. */
  leftOf(reservation: Reservation, check: number, known: number): Soon<number> {
    if (reservation.noted === 'whole' && !this.#keeping.isShared) return known;
    return unlessDown(
      () => this.#partsLeft(reservation.id, reservation.counterOf(check), known),
      () => known,
    );
  }

  #partsLeft(id: string, counter: string, known: number): Soon<number> {
    return upon(this.#find(id), (whole) => {
      const names = whole?.names?.[indexIn(whole, counter)] ?? [];
      // Noted as it was decided: what it is called is under way.
      if (whole !== undefined && names.length === 0) return known;
      return upon(all(names.map((name) => this.#keeping.memos.read(calledOf(name)))), (texts) =>
        texts
          .flatMap((text) => this.#heldIn(text))
          .filter((one) => !one.stays && one.reservation.id === id && counterOf(one) === counter)
          .reduce((sum, { units }) => sum + units, 0),
      );
    });
  }

  /** The leases of a reservation have begun again: so do the lifetimes of its names. */
  prolong(reservation: Reservation): void {
    if (reservation.by !== this.#keeping.by) return;
    for (const [i, names] of (reservation.names ?? []).entries())
      for (const name of names ?? []) quietly(() => this.#prolong(name, lifetimeOf(reservation, [i])));
  }

  #prolong(name: string, lifetimeMs: number): Soon<unknown> {
    const { memos } = this.#keeping;
    return upon(memos.read(calledOf(name)), (text) =>
      text === undefined || isMark(text) ? undefined : memos.put(calledOf(name), text, lifetimeMs),
    );
  }

  #put(name: string, held: readonly Named[]): Soon<string | undefined> {
    const longestMs = Math.max(...held.map(lifetimeOfNamed));
    return this.#keeping.memos.put(calledOf(name), JSON.stringify(held.map(entryOf)), longestMs);
  }

  #heldIn(text: string | undefined, known: readonly Named[] = NOTHING): readonly Named[] {
    return entriesIn(text).flatMap((entry) => this.#named(entry, known) ?? []);
  }

  /** By what this process knows of it, where it does. */
  #named({ units, stays, isPart, of }: Entry, known: readonly Named[]): Named | undefined {
    const { by, nowMs } = this.#keeping;
    const found = revived(of, by, nowMs());
    if (found === undefined) return undefined;
    found.noted = 'part';
    const named = { units, stays, isPart, isNoted: true };
    const own = stays ? undefined : this.#own(found.id, known);
    if (own === undefined) return { ...named, reservation: found, check: 0 };
    const check = indexIn(own, found.counterOf(0));
    return own.isOpen(check) ? { ...named, reservation: own, check } : undefined;
  }

  #own(id: string, known: readonly Named[]): Reservation | undefined {
    return known.find(({ reservation }) => reservation.id === id)?.reservation ?? this.#keeping.holds.known(id);
  }
}

/** Somebody ended what had this name after that was decided. A level that stays is taken away by what comes after it alone. */
function wasEndedEarly({ reservation, stays }: Named, text = ''): boolean {
  return !stays && isMark(text) && Number(text.slice(1)) > reservation.decidedAtMs;
}

function isMark(text: string): boolean {
  return text.startsWith('@');
}

/** Apart from what is held by reservations' ids. */
function calledOf(name: string): string {
  return `n ${name}`;
}

function counterOf({ reservation, check }: Named): string {
  return reservation.counterOf(check);
}

function entryOf({ reservation, check, units, stays, isPart = false }: Named): Entry {
  return { units, stays, isPart, of: written(reservation, [check], false) };
}

/** What this release did not write is nobody's. */
function entriesIn(text: string | undefined): readonly Entry[] {
  try {
    const entries: unknown = text === undefined ? [] : JSON.parse(text);
    return Array.isArray(entries) ? entries.filter(isEntry) : [];
  } catch {
    return [];
  }
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && 'of' in value && typeof value.of === 'string';
}

function lifetimeOfNamed({ reservation, check, stays }: Named): number {
  return stays ? Infinity : lifetimeOf(reservation, [check]);
}

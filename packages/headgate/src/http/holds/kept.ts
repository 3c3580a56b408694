import type { GuardedMemos } from '../failing/memos.ts';
import { unlessDown } from '../failing/outage.ts';
import { all, upon, type Port, type Soon } from '../soon.ts';
import type { Holds } from './holds.ts';
import type { Named } from './names.ts';
import type { Reservation } from './reservation.ts';
import { revived, written } from './written.ts';

/** A note outlives the lease that it is about by so much, so that who ends it late is told so, and its end elsewhere is seen. In ms. */
const LATE_MS = 60_000;

/** What stands under a name, one of what several may hold under it. */
interface Entry {
  readonly units: number;
  readonly stays: boolean;
  readonly isPart: boolean;
  /** As `written` writes it: one check. */
  readonly of: string;
}

export interface KeptOptions {
  readonly memos: GuardedMemos;
  /** The store, which carries out what the notes are about. */
  readonly by: Port;
  /** Whether others end what was begun here. */
  readonly isShared: boolean;
  readonly holds: Holds;
  /** Monotonic. */
  readonly nowMs: () => number;
}

/**
 * What is held as the store keeps it, for those who did not begin it: this server after a restart, and others that share the store. What is counted
 * stands in records; a note that is lost, or late, leaves something to its lease, and one too many ends nothing twice.
 */
export class Kept {
  readonly #options: KeptOptions;
  readonly #memos: GuardedMemos;

  constructor(options: KeptOptions) {
    this.#options = options;
    this.#memos = options.memos;
  }

  /** Notes what a reservation holds from now on, if others may end it. */
  note(reservation: Reservation): void {
    if (reservation.by !== this.#options.by) return;
    const checks = reservation.lasting();
    if (checks.length === 0) return this.#forget(reservation);
    reservation.noted = 'whole';
    quietly(() => this.#memos.put(idOf(reservation.id), written(reservation, checks, true), lifetimeOf(reservation, checks)));
  }

  /** The same where it has changed, and only of what was noted. */
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
    quietly(() => this.#memos.take(idOf(reservation.id)));
  }

  /** What is held under an id, as far as it was noted. @throws or rejects with an Outage */
  find(id: string): Soon<Reservation | undefined> {
    return upon(this.#memos.read(idOf(id)), (text) => {
      const found = text === undefined ? undefined : this.#revived(text);
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

  /** Puts something under a name, and says what of the same counter it replaces. */
  name(name: string, named: Named): Soon<readonly Named[]> {
    if (named.reservation.by !== this.#options.by) return NOTHING;
    const put = (): Soon<readonly Named[]> =>
      upon(this.#put(name, [named]), (text) => {
        named.isNoted = true;
        return this.#putBack(name, named, this.#namedIn(text));
      });
    return unlessDown(put, () => NOTHING);
  }

  #put(name: string, all: readonly Named[]): Soon<string | undefined> {
    const longestMs = Math.max(...all.map(lifetimeOfNamed));
    return this.#memos.put(calledOf(name), JSON.stringify(all.map(entryOf)), longestMs);
  }

  /** What others hold under the name stays there. */
  #putBack(name: string, named: Named, before: readonly Named[]): readonly Named[] {
    const counter = named.reservation.counterOf(named.check);
    const isSame = ({ reservation, check }: Named): boolean => reservation.counterOf(check) === counter;
    const others = before.filter((one) => !isSame(one));
    if (others.length > 0) quietly(() => this.#put(name, [named, ...others]));
    return before.filter((one) => isSame(one) && one.reservation.id !== named.reservation.id);
  }

  /** Takes out what is held under a name. `known`: what this process knows of; of that counts what was never noted, or all if the store is down. */
  take(name: string, known: readonly Named[]): Soon<readonly Named[]> {
    const taken = (): Soon<readonly Named[]> =>
      upon(this.#memos.take(calledOf(name)), (text) => [
        ...this.#namedIn(text, known),
        ...known.filter(({ isNoted }) => isNoted !== true),
      ]);
    return unlessDown(taken, () => known);
  }

  /** One check is over, by whatever end: nothing is found under its names. */
  unname(reservation: Reservation, check: number): void {
    if (reservation.noted === undefined) return;
    for (const name of reservation.names?.[check] ?? []) quietly(() => this.#unname(name, reservation.id));
  }

  #unname(name: string, id: string): Soon<unknown> {
    return upon(this.#memos.take(calledOf(name)), (text) => {
      const others = this.#namedIn(text).filter(({ reservation }) => reservation.id !== id);
      return others.length === 0 ? undefined : this.#put(name, others);
    });
  }

  /** Units that the parts hold which nobody has ended, wherever. `known`: as far as this process knows. */
  leftOf(reservation: Reservation, check: number, known: number): Soon<number> {
    if (reservation.noted === 'whole' && !this.#options.isShared) return known;
    return unlessDown(
      () => this.#partsLeft(reservation, reservation.counterOf(check)),
      () => known,
    );
  }

  #partsLeft({ id }: Reservation, counter: string): Soon<number> {
    const isPart = ({ reservation, check }: Named): boolean =>
      reservation.id === id && reservation.counterOf(check) === counter;
    return upon(this.find(id), (whole) => {
      const names = whole?.names?.[indexIn(whole, counter)] ?? [];
      return upon(all(names.map((name) => this.#memos.read(calledOf(name)))), (texts) => {
        const parts = texts.flatMap((text) => this.#namedIn(text)).filter(isPart);
        return parts.reduce((sum, { units }) => sum + units, 0);
      });
    });
  }

  /** Its leases have begun again: so do the lifetimes of the names that it is found by. */
  prolong(reservation: Reservation): void {
    if (reservation.noted === undefined) return;
    for (const [i, names] of (reservation.names ?? []).entries())
      for (const name of names ?? []) quietly(() => this.#prolong(name, lifetimeOf(reservation, [i])));
  }

  #prolong(name: string, lifetimeMs: number): Soon<unknown> {
    return upon(this.#memos.read(calledOf(name)), (text) =>
      text === undefined ? undefined : this.#memos.put(calledOf(name), text, lifetimeMs),
    );
  }

  #namedIn(text: string | undefined, known: readonly Named[] = NOTHING): readonly Named[] {
    return entriesIn(text).flatMap((entry) => this.#namedBy(entry, known) ?? []);
  }

  /** By what this process knows of it, where it does. */
  #namedBy({ units, stays, isPart, of }: Entry, known: readonly Named[]): Named | undefined {
    const found = this.#revived(of);
    if (found === undefined) return undefined;
    found.noted = 'part';
    const named = { units, stays, isPart, isNoted: true };
    const own = stays ? undefined : this.#own(found.id, known);
    if (own === undefined) return { ...named, reservation: found, check: 0 };
    const check = indexIn(own, found.counterOf(0));
    return own.isOpen(check) ? { ...named, reservation: own, check } : undefined;
  }

  #revived(text: string): Reservation | undefined {
    const { by, nowMs } = this.#options;
    return revived(text, by, nowMs());
  }

  #own(id: string, known: readonly Named[]): Reservation | undefined {
    return known.find(({ reservation }) => reservation.id === id)?.reservation ?? this.#options.holds.known(id);
  }
}

const NOTHING: readonly Named[] = [];

function idOf(reservationId: string): string {
  return `r ${reservationId}`;
}

function calledOf(name: string): string {
  return `n ${name}`;
}

function entryOf({ reservation, check, units, stays, isPart = false }: Named): Entry {
  return { units, stays, isPart, of: written(reservation, [check], false) };
}

function entriesIn(text: string | undefined): readonly Entry[] {
  try {
    return text === undefined ? [] : (JSON.parse(text) as readonly Entry[]); // What `entryOf` made.
  } catch {
    return [];
  }
}

function lifetimeOf({ program }: Reservation, checks: readonly number[]): number {
  return LATE_MS + Math.max(...checks.map((i) => program.checks[i]?.holdMs ?? 0));
}

function lifetimeOfNamed({ reservation, check, stays }: Named): number {
  return stays ? Infinity : lifetimeOf(reservation, [check]);
}

/** Which of its checks charges that counter; -1: none. */
function indexIn(reservation: Reservation, counter: string): number {
  return reservation.limits.findIndex((_, i) => reservation.counterOf(i) === counter);
}

/** What cannot be noted is known here alone, and what cannot be struck out is over all the same: nobody need wait, or be told. */
function quietly(work: () => Soon<unknown>): void {
  void unlessDown(work, () => undefined);
}

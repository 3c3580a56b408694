import { HeadgateError } from '../errors.ts';
import { idOf } from '../build.ts';
import type { Row } from './counter.ts';

/** Grants that one counter has at once, at most. */
export const MAX_GRANTS = 16;
/** For how long a grant that is spent is still known by its id, at least: whoever sells retries for some days. In ms. */
const GRANT_KNOWN_MS = 259_200_000;

/** Where the numbers of a grant stand, and how many they are; all zeros is a free place. */
const ID = 0;
const GIVEN = 1;
const LEFT = 2;
const ENDS_AT = 3;
const GIVEN_AT = 4;
const WIDTH = 5;
/** Before them: units drawn in the period that is charged, and the period's own amount at its last charge. */
const DRAWN = 0;
const OWN = 1;
const HEAD = 2;

/** What one charge drew from which grants: ids and units in turn, in the order in which they were drawn. */
export type Draws = readonly number[];

/** What is to be given. An end is the first instant at which it counts no more. */
export interface Grant {
  readonly id: number;
  readonly units: number;
  readonly endsAtMs: number;
}

/**
 * Units on top of a quota's own: a few numbers a grant, in the quota's own row, so that whatever keeps a quota keeps them. What ends
 * soonest is drawn first, then what was given first. All instants are of wall time.
 */
export class Grants {
  readonly #row: Row;
  readonly #offset: number;
  readonly #places: number;
  /** Of the last charge. */
  draws: Draws | undefined;

  constructor(row: Row, offset: number, places: number) {
    this.#row = row;
    this.#offset = offset;
    this.#places = places;
  }

  static widthOf(places: number): number {
    return HEAD + WIDTH * places;
  }

  get drawn(): number {
    return this.#row.cells[this.#head + DRAWN]!;
  }

  set drawn(units: number) {
    this.#row.cells[this.#head + DRAWN] = units;
  }

  get own(): number {
    return this.#row.cells[this.#head + OWN]!;
  }

  set own(amount: number) {
    this.#row.cells[this.#head + OWN] = amount;
  }

  /** Units that have not ended at an instant. */
  left(wall: number): number {
    let sum = 0;
    for (let i = 0; i < this.#places; i++) if (this.#at(i, ENDS_AT) > wall) sum += this.#at(i, LEFT);
    return sum;
  }

  /** Draws as many of these units as there are, and says how many. */
  draw(wall: number, units: number): number {
    const draws: number[] = [];
    let wanted = units;
    for (let i = this.#next(wall); wanted > 0 && i >= 0; i = this.#next(wall)) {
      const some = Math.min(wanted, this.#at(i, LEFT));
      this.#set(i, LEFT, this.#at(i, LEFT) - some);
      draws.push(this.#at(i, ID), some);
      wanted -= some;
    }
    this.draws = draws.length === 0 ? undefined : draws;
    return units - wanted;
  }

  /**
   * Gives back to grants what a charge drew from them, the last first, up to so many units. Says how many that are, and how many of them
   * count again: a grant that has ended meanwhile gets its units, and nobody has anything of it.
   */
  giveBack(draws: Draws, units: number, wall: number): readonly [given: number, counting: number] {
    let given = 0;
    let counting = 0;
    for (let d = draws.length - 2; d >= 0 && given < units; d -= 2) {
      const some = Math.min(draws[d + 1]!, units - given);
      const i = this.#find(draws[d]!);
      given += some;
      if (i < 0) continue;
      const before = this.#at(i, LEFT);
      // An id that was forgotten, and given anew meanwhile, gets no more than it was given.
      this.#set(i, LEFT, Math.min(before + some, this.#at(i, GIVEN)));
      if (this.#at(i, ENDS_AT) > wall) counting += this.#at(i, LEFT) - before;
    }
    return [given, counting];
  }

  /** False when it was given before. @throws HeadgateError `ERR_GRANT` */
  requireNew({ id, units, endsAtMs }: Grant, wall: number, most: number): boolean {
    const i = this.#find(id);
    if (i >= 0 && this.#at(i, GIVEN) === units && this.#at(i, ENDS_AT) === endsAtMs) return false;
    if (i >= 0) throw unfit('the units and the end that it first came with');
    if (endsAtMs <= wall) throw unfit(`an end that is yet to come, after ${wall}; got ${endsAtMs}`);
    if (this.left(wall) + units > most) throw unfit('no more than 2^53 - 1 units, those of the quota included');
    if (this.#free(wall) < 0) throw unfit(`at most ${this.#places} grants that are not over, or are new`);
    return true;
  }

  give({ id, units, endsAtMs }: Grant, wall: number): void {
    const { cells } = this.#row;
    cells.set([id, units, units, endsAtMs, wall], this.#placeAt(this.#free(wall)));
  }

  /** For how long it must be kept, in ms; Infinity while units without an end are left. */
  holdsFor(wall: number): number {
    let heldMs = 0;
    for (let i = 0; i < this.#places; i++) {
      if (this.#at(i, ID) === 0) continue;
      const known = this.#at(i, GIVEN_AT) + GRANT_KNOWN_MS - wall;
      const ends = this.#at(i, ENDS_AT) === Number.MAX_SAFE_INTEGER ? Infinity : this.#at(i, ENDS_AT) - wall;
      heldMs = Math.max(heldMs, known, this.#at(i, LEFT) > 0 ? ends : 0);
    }
    return heldMs;
  }

  /** Hands over to another counter of the same limit all that is left, as far as that has room. */
  moveTo(other: Grants, wall: number): void {
    for (let i = 0; i < this.#places; i++) {
      const at = this.#placeAt(i);
      const free = this.#at(i, ID) === 0 || other.#find(this.#at(i, ID)) >= 0 ? -1 : other.#free(wall);
      if (free < 0) continue;
      other.#row.cells.set(this.#row.cells.slice(at, at + WIDTH), other.#placeAt(free));
      this.#row.cells.fill(0, at, at + WIDTH);
    }
  }

  get #head(): number {
    return this.#row.base + this.#offset;
  }

  #placeAt(i: number): number {
    return this.#head + HEAD + i * WIDTH;
  }

  #at(i: number, which: number): number {
    return this.#row.cells[this.#placeAt(i) + which]!;
  }

  #set(i: number, which: number, value: number): void {
    this.#row.cells[this.#placeAt(i) + which] = value;
  }

  #find(id: number): number {
    for (let i = 0; i < this.#places; i++) if (this.#at(i, ID) === id) return i;
    return -1;
  }

  /** The grant that is drawn from next; -1 when nothing is left. */
  #next(wall: number): number {
    let next = -1;
    for (let i = 0; i < this.#places; i++) {
      if (this.#at(i, LEFT) === 0 || this.#at(i, ENDS_AT) <= wall) continue;
      if (next < 0 || this.#isBefore(i, next)) next = i;
    }
    return next;
  }

  #isBefore(i: number, j: number): boolean {
    const sooner = this.#at(i, ENDS_AT) - this.#at(j, ENDS_AT);
    return sooner < 0 || (sooner === 0 && this.#at(i, GIVEN_AT) < this.#at(j, GIVEN_AT));
  }

  /** A place that nobody has, else that of the oldest grant that is over; one that was spent must be old enough to be forgotten. */
  #free(wall: number): number {
    let found = this.#find(0);
    if (found >= 0) return found;
    for (let i = 0; i < this.#places; i++) {
      const spent = this.#at(i, LEFT) === 0 && this.#at(i, GIVEN_AT) + GRANT_KNOWN_MS <= wall;
      const isOver = spent || this.#at(i, ENDS_AT) <= wall;
      if (isOver && (found < 0 || this.#at(i, GIVEN_AT) < this.#at(found, GIVEN_AT))) found = i;
    }
    return found;
  }
}

/** An id as a number: 53 bits of the text, read in both directions. Never 0. */
export function grantIdOf(text: string): number {
  const backwards = Array.from(text).toReversed().join('');
  return idOf(text) * 2 ** 21 + (idOf(backwards) >>> 11) || 1;
}

function unfit(rule: string): HeadgateError {
  return new HeadgateError('ERR_GRANT', `grant: expected ${rule}`);
}

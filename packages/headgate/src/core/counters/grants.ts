import { HeadgateError } from '../errors.ts';
import { idOf } from '../build.ts';
import type { Rollover } from '../program.ts';
import type { Row } from './counter.ts';

/** Grants that one counter has at once, at most. */
export const MAX_GRANTS = 16;
/** A quota of so many slices and more carries something on, for as many periods as there are more; of twice as many, nothing is given. */
const CARRYING = MAX_GRANTS;
const CARRYING_ALONE = 2 * MAX_GRANTS;
/** For how long a grant that is spent is still known by its id, at least: whoever sells retries for some days. In ms. */
const GRANT_KNOWN_MS = 259_200_000;

/** Where the numbers of a grant stand, and how many they are; all zeros is a free place. What was carried on has an id below 0. */
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
/** Behind them, where what is left is carried on: how much of it at most, and until when. */
const TAIL = 2;

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
  /** Whether what is left of a period is carried on: those units have places of their own, behind those of grants. */
  readonly rolls: boolean;
  /** Whether anything may be given. */
  readonly takes: boolean;
  readonly #row: Row;
  readonly #offset: number;
  readonly #places: number;
  /** Places for what is given. */
  readonly #given: number;
  /** Of the last charge. */
  draws: Draws | undefined;

  constructor(row: Row, offset: number, slices: number) {
    this.#row = row;
    this.#offset = offset;
    this.#given = givenOf(slices);
    this.#places = this.#given + carriedOf(slices);
    this.takes = this.#given > 0;
    this.rolls = carriedOf(slices) > 0;
  }

  static widthOf(slices: number): number {
    const carried = carriedOf(slices);
    return HEAD + WIDTH * (givenOf(slices) + carried) + (carried > 0 ? TAIL : 0);
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

  /** What the period that is charged would leave, of which so much is used. */
  unused(used: number, wall: number): number {
    const { cells } = this.#row;
    // After a clock was set back by periods, there may be no place left to carry it to.
    if (!this.rolls || cells[this.#tail + 1]! <= wall || this.#freeToCarry(wall) < 0) return 0;
    return Math.max(0, Math.min(cells[this.#tail]!, this.own - used));
  }

  /** Until when that counts; 0 where nothing is carried on. */
  get unusedUntilMs(): number {
    return this.rolls ? this.#row.cells[this.#tail + 1]! : 0;
  }

  /** Says what is to become of what the period leaves. */
  willCarry({ upTo, untilAtMs }: Rollover): void {
    this.#row.cells[this.#tail] = upTo;
    this.#row.cells[this.#tail + 1] = untilAtMs;
  }

  /** Keeps what a period leaves, of which so much was used. */
  carry(periodAtMs: number, used: number, wall: number): void {
    const units = this.unused(used, wall);
    const i = units === 0 ? -1 : this.#freeToCarry(wall);
    const untilAtMs = this.unusedUntilMs;
    if (i >= 0) this.#row.cells.set([-periodAtMs, units, units, untilAtMs, wall], this.#placeAt(i));
  }

  /** As many periods as may leave something have a place. */
  #freeToCarry(wall: number): number {
    for (let i = this.#given; i < this.#places; i++)
      if (this.#at(i, LEFT) === 0 || this.#at(i, ENDS_AT) <= wall) return i;
    return -1;
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
      const id = this.#at(i, ID);
      if (id === 0) continue;
      const known = id < 0 ? 0 : this.#at(i, GIVEN_AT) + GRANT_KNOWN_MS - wall;
      const ends = this.#at(i, ENDS_AT) === Number.MAX_SAFE_INTEGER ? Infinity : this.#at(i, ENDS_AT) - wall;
      heldMs = Math.max(heldMs, known, this.#at(i, LEFT) > 0 ? ends : 0);
    }
    return heldMs;
  }

  /** Hands over to another counter of the same limit all that is left, as far as that has room. */
  moveTo(other: Grants, wall: number): void {
    for (let i = 0; i < this.#places; i++) {
      const at = this.#placeAt(i);
      const id = this.#at(i, ID);
      const free = id === 0 || other.#find(id) >= 0 ? -1 : id < 0 ? other.#freeToCarry(wall) : other.#free(wall);
      if (free < 0) continue;
      other.#row.cells.set(this.#row.cells.slice(at, at + WIDTH), other.#placeAt(free));
      this.#row.cells.fill(0, at, at + WIDTH);
    }
  }

  get #tail(): number {
    return this.#head + HEAD + this.#places * WIDTH;
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
    const isCarried = this.#at(i, ID) < 0;
    if (sooner !== 0 || isCarried !== this.#at(j, ID) < 0) return sooner < 0 || (sooner === 0 && isCarried);
    return this.#at(i, GIVEN_AT) < this.#at(j, GIVEN_AT);
  }

  /** A place that nobody has, else that of the oldest grant that is over; one that was spent must be old enough to be forgotten. */
  #free(wall: number): number {
    let found = -1;
    for (let i = 0; i < this.#given; i++) {
      if (this.#at(i, ID) === 0) return i;
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

/** What a quota's `slices` say: places for grants, for periods that may leave something, or both. */
export function slicesOf(grants: boolean, carried: number): number {
  if (carried > 0) return (grants ? CARRYING : CARRYING_ALONE) + carried;
  return grants ? MAX_GRANTS : 0;
}

function givenOf(slices: number): number {
  return slices > CARRYING_ALONE ? 0 : Math.min(slices, MAX_GRANTS);
}

function carriedOf(slices: number): number {
  return slices <= CARRYING ? 0 : slices - (slices > CARRYING_ALONE ? CARRYING_ALONE : CARRYING);
}

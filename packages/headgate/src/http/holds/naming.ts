import { upon, type Soon } from '../soon.ts';
import { alone, type Ender } from './ender.ts';
import type { Holds } from './holds.ts';
import type { KeptNames } from './kept-names.ts';
import type { Named } from './names.ts';

/** Ends of what is not known here, kept until the store can be asked for it; beyond, an operator sets it right. */
const MAX_UNASKED = 1000;

/** What something comes to when it is ended, in units. */
type UnitsOf = (named: Named) => number;

/** What is held under ids of the API's, here and in what the store keeps of it. */
export class Naming {
  readonly #ender: Ender;
  readonly #holds: Holds;
  readonly #kept: KeptNames | undefined;
  readonly #unasked: Map<string, UnitsOf> = new Map();

  constructor(ender: Ender, holds: Holds, kept: KeptNames | undefined) {
    this.#ender = ender;
    this.#holds = holds;
    this.#kept = kept;
  }

  /** Puts something under a name; what was there of the same counter is replaced by it. */
  name(name: string, named: Named): void {
    const { names } = this.#holds;
    // What it replaces is told when it is noted.
    this.#unasked.delete(name);
    const counter = named.reservation.counterOf(named.check);
    const before = names.take(name);
    const replaced = before.filter((one) => one.reservation.counterOf(one.check) === counter);
    for (const one of before) if (!replaced.includes(one)) names.add(name, one);
    const isKnown = names.add(name, named);
    void upon(this.#note(name, named, replaced), (over) => {
      for (const one of over) this.#over(name, one, named);
      if (isKnown || named.isNoted === true) return;
      this.#ender.report(named.reservation, named.check, 'forgotten', 'more is held by id than can be kept track of');
    });
  }

  #over(name: string, one: Named, named: Named): void {
    if (one === named) this.#holds.names.remove(name, named);
    if (one !== named || named.reservation.isOpen(named.check)) this.#endOne(name, one, 0);
  }

  /** What stays is taken away long after, maybe elsewhere: what the store knows of it need not be known here. */
  #note(name: string, named: Named, replaced: readonly Named[] = NOTHING): Soon<readonly Named[]> {
    if (this.#kept === undefined) return replaced;
    return upon(this.#kept.name(name, named, replaced), (over) => {
      if (named.stays && named.isNoted === true) this.#holds.names.remove(name, named);
      return over;
    });
  }

  /** Ends all that is held under a name, at what it comes to. What nobody knows by it may be named still, by an answer that is under way. */
  end(name: string, unitsOf: UnitsOf): void {
    const { names } = this.#holds;
    const known = names.take(name);
    if (known.length === 0) names.endedEarly(name);
    this.#endAll(name, known, unitsOf);
  }

  #endAll(name: string, known: readonly Named[], unitsOf: UnitsOf): void {
    const later = (): void => this.#askLater(name, known, unitsOf);
    void upon(this.#kept?.take(name, known, later) ?? known, (found) => {
      if (known.length === 0 && found.length > 0) this.#holds.names.notEarly(name);
      for (const named of found) this.#endOne(name, named, unitsOf(named));
    });
  }

  /** What stays in a level has no lease that would end it. */
  #askLater(name: string, known: readonly Named[], unitsOf: UnitsOf): void {
    if (known.length > 0) return;
    if (this.#unasked.size < MAX_UNASKED) this.#unasked.set(name, unitsOf);
    else this.#ender.forgotten(name.slice(0, name.indexOf(' ')));
  }

  /** Asks again for what the store could not be asked for, until it cannot be. */
  askAgain(): void {
    // It is called with each request, and there is hardly ever any.
    if (this.#unasked.size === 0) return;
    for (const [name, unitsOf] of this.#unasked) {
      this.#unasked.delete(name);
      this.#endAll(name, NOTHING, unitsOf);
      if (this.#unasked.has(name)) return;
    }
  }

  #endOne(name: string, named: Named, units: number): void {
    const { reservation, check, stays } = named;
    if (stays) this.#ender.adjust(reservation, check, units - named.units);
    const isKnown = stays || this.#endShare(name, named, units);
    if (units === 0 || reservation.limits[check]?.kind !== 'level') return;
    // What an upload turned out to be is there from now on, and can be taken away like anything that is.
    void upon(isKnown, (is) => {
      if (is) this.#stays(name, { reservation, check, units, stays: true });
    });
  }

  #stays(name: string, there: Named): void {
    this.#holds.names.add(name, there);
    void this.#note(name, there);
  }

  /** Of several things that one check holds, the others stay. False when its lease has ended. */
  #endShare(name: string, named: Named, units: number): Soon<boolean> {
    const { reservation, check } = named;
    const names = reservation.namesOf(check);
    const at = names.indexOf(name);
    if (at >= 0) names.splice(at, 1);
    return upon(this.#leftOf(named), (left) =>
      left > 0 ? this.#ender.leave(reservation, check, left, units) : this.#ender.end(reservation, alone(check, units)),
    );
  }

  /** What others than this process may have ended is told by what the store keeps. */
  #leftOf({ reservation, check, units, isPart, isNoted }: Named): Soon<number> {
    const known = reservation.leftOf(check) - units;
    return isPart === true && isNoted === true ? (this.#kept?.leftOf(reservation, check, known) ?? known) : known;
  }
}

const NOTHING: readonly Named[] = [];

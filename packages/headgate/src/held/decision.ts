/// <reference lib="esnext.disposable" preserve="true" />
// Whoever compiles against this needs the types of `using`, and may not have asked for them.
import type { Outcome } from '../core/index.ts';
import { Decision, type Told } from '../gate/index.ts';
import type { Reservation, SettledCosts } from './reservation.ts';
import { Resolution } from './resolution.ts';
import type { Answer } from './soon.ts';

/** The answer to one request, and what it holds. A decision that holds nothing may be settled all the same: nothing happens. */
export class HeldDecision<Name extends string = string, Later extends boolean = false> extends Decision {
  /** What is to be settled; undefined when nothing is held, as after a denial. */
  readonly reservation: Reservation<Name, Later> | undefined;
  readonly #outcome: Outcome;
  readonly #told: Told;
  readonly #isLater: boolean;

  constructor(outcome: Outcome, told: Told, reservation: Reservation<Name, Later> | undefined, isLater: boolean) {
    super(outcome, told);
    this.#isLater = isLater;
    this.#outcome = outcome;
    this.#told = told;
    this.reservation = reservation;
  }

  /** Allowed, charged, and to be begun after so many ms: a bucket that may hold back has booked the instant. Else 0. */
  get delayMs(): number {
    return this.#outcome.delayMs;
  }

  /** {@link Reservation.settle} */
  settle(costs?: SettledCosts<Name>): Answer<Resolution, Later> {
    return this.reservation?.settle(costs) ?? this.#nothing();
  }

  /** {@link Reservation.release} */
  release(): Answer<Resolution, Later> {
    return this.reservation?.release() ?? this.#nothing();
  }

  /** {@link Reservation.renew} */
  renew(): Answer<Resolution, Later> {
    return this.reservation?.renew() ?? this.#nothing();
  }

  [Symbol.dispose](): void {
    this.reservation?.[Symbol.dispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.reservation?.[Symbol.asyncDispose]();
  }

  #nothing(): Answer<Resolution, Later> {
    const nothing = new Resolution(this.#outcome, this.#told, 'unknown');
    return (this.#isLater ? Promise.resolve(nothing) : nothing) as Answer<Resolution, Later>; // as its gate's store
  }
}

import type { Check } from '../../core/index.ts';
import type { Moment } from './moment.ts';

/** A charge of the past, as the one who may change it remembers it. */
export interface Past {
  readonly atMs: number;
  /** Quota: the period that was charged. */
  readonly periodAtMs: number;
  /** Bucket: units charged until then, all told. */
  readonly chargedUnits: number;
  /** Quota: what it drew from grants, the first drawn first. */
  readonly draws?: readonly Draw[] | undefined;
}

/** Units drawn from one grant. */
export interface Draw {
  readonly id: string;
  readonly units: number;
}

/**
 * One counter, as the promise describes it and not as the engine counts it. Slow and obvious: `room` can be asked
 * of any instant from now on, and changes nothing.
 */
export interface Model {
  /** Units that fit at `moment`; below 0 when more is used than the amount. */
  room(check: Check, moment: Moment): number;
  charge(check: Check, moment: Moment, units: number, key: string): void;
  /** Takes `-delta` units back from a past charge, or adds `delta` to it, as far as it still counts. */
  amend(moment: Moment, past: Past, delta: number): void;
  /** Takes units back where only the instant of the charge is known; as `amend` does where a model has none. */
  returnBlind?(check: Check, moment: Moment, atMs: number, units: number): void;
  /** Units that count at `moment`. Where the check that they are of is not asked for, its amounts are not known. */
  counted(check: Check | undefined, moment: Moment): number;
  /** Ms until it is empty again; -1 where there is no such instant. */
  resetIn(check: Check, moment: Moment, key: string): number;
  /** A copy of which so many units are of `to` what they were of `from`, rounded up (`onChange: scale`). */
  recounted?(from: number, to: number, check: Check, moment: Moment): Model;
  /** What is still believed once the clock is known to have gone back. */
  believe?(check: Check, moment: Moment): void;
}

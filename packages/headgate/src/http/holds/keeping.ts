import type { GuardedMemos } from '../failing/memos.ts';
import { unlessDown } from '../failing/outage.ts';
import type { Port, Soon } from '../soon.ts';
import type { Holds } from './holds.ts';
import type { Reservation } from './reservation.ts';

/** A note outlives the lease that it is about by so much, so that who ends it late is told so, and its end elsewhere is seen. In ms. */
const LATE_MS = 60_000;

/** An end that came before what it ends was known by its id is remembered for so long. In ms. */
export const EARLY_MS = 60_000;

/** What it takes to keep notes of what is held. */
export interface Keeping {
  readonly memos: GuardedMemos;
  /** The store, which carries out what the notes are about. */
  readonly by: Port;
  /** Whether others end what was begun here. */
  readonly isShared: boolean;
  readonly holds: Holds;
  /** Monotonic. */
  readonly nowMs: () => number;
}

export function lifetimeOf({ program }: Reservation, checks: readonly number[]): number {
  return LATE_MS + Math.max(...checks.map((i) => program.checks[i]?.holdMs ?? 0));
}

/** Which of its checks charges that counter; -1: none. */
export function indexIn(reservation: Reservation, counter: string): number {
  return reservation.limits.findIndex((_, i) => reservation.counterOf(i) === counter);
}

/** What cannot be noted is known here alone, and what cannot be struck out is over all the same: nobody need wait, or be told. */
export function quietly(work: () => Soon<unknown>): void {
  void unlessDown(work, () => undefined);
}

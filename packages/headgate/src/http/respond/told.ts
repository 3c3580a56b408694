import { FIGURES, WAIT, type Outcome } from '../../core/index.ts';
import type { PlannedLimit, Scope } from '../../profile/index.ts';

/**
 * Everything one response says is said of this: one decision and one reading of the wall clock, so that the header, the
 * message and the instant in a body can never disagree.
 */
export interface Told {
  readonly requestId: string;
  readonly operation: string;
  readonly limits: readonly PlannedLimit[];
  readonly costs: readonly number[];
  /** Undefined when no limit was asked: nobody was identified, or nothing applies. */
  readonly outcome: Outcome | undefined;
  /** Wall time of the decision, in ms since the epoch. */
  readonly wallAtMs: number;
  readonly denied: boolean;
  /** Index of the limit an answer speaks of; -1 when it speaks of none. */
  readonly reported: number;
  /** The stable, opaque name of limit `index`'s counter; undefined when it has none. */
  readonly bucket: (index: number) => string | undefined;
  /** Whether all it can speak of is what the address may ask before anybody is known: then header blocks speak of that. */
  readonly unidentified: boolean;
  /** A text under which nobody finds the text it was made from, the same every time. */
  readonly hash: (text: string) => string;
  /** What expressions may read, and these roots beside. */
  readonly scope: (roots: Roots) => Scope;
}

/** What a response says, as it stands when it is written: a charge that was made meanwhile is told too. */
export interface Telling {
  readonly told: Told;
}

/** Roots of expressions by name. */
export type Roots = Readonly<Record<string, unknown>>;

/** Units limit `index` alone would still admit. */
export function remainingOf(told: Told, index: number): number {
  return told.outcome?.figures[index * FIGURES] ?? 0;
}

/** Ms until the counter of limit `index` is empty again; undefined when there is no such instant. */
export function resetInMsOf(told: Told, index: number): number | undefined {
  const resetInMs = told.outcome?.figures[index * FIGURES + 1] ?? -1;
  return resetInMs < 0 ? undefined : resetInMs;
}

/** Whether limit `index` is one of those that refuse. */
export function refuses(told: Told, index: number): boolean {
  const wait = told.outcome?.waits[index] ?? WAIT.admits;
  return told.denied && wait !== WAIT.admits && wait !== WAIT.shadow;
}

/** Ms until this very request would be admitted by all limits; undefined when no wait helps, or no limit refuses. */
export function waitMsOf({ outcome }: Told): number | undefined {
  return outcome === undefined || outcome.allowed || outcome.retryAfterMs < 0 ? undefined : outcome.retryAfterMs;
}

/** Units spent of what is shown as the limit. */
export function usedOf(told: Told, index: number): number {
  return Math.max(0, (told.limits[index]?.shown ?? 0) - remainingOf(told, index));
}

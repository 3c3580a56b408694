import { FIGURES, WAIT, type Outcome } from '../../core/index.ts';
import type { PlannedLimit, Scope } from '../../profile/index.ts';
import { usedUnits } from '../fill.ts';
import type { Fields, RequestView } from '../request.ts';

/**
 * Everything one response says is said of this: one decision and one reading of the wall clock, so that the header, the
 * message and the instant in a body can never disagree.
 */
export interface Told {
  /** The request that it is about: its id is made when somebody asks for it. */
  readonly request: Pick<RequestView, 'id' | 'renamed'>;
  readonly operation: string;
  readonly limits: readonly PlannedLimit[];
  readonly costs: readonly number[];
  /** Undefined when no limit was asked: nobody was identified, or nothing applies. */
  readonly outcome: Outcome | undefined;
  /** Wall time of the decision, in ms since the epoch. */
  readonly wallAtMs: number;
  readonly denied: boolean;
  /** For how long it was held back, in ms; undefined: it was not. */
  readonly delayedMs?: number | undefined;
  /** Index of the limit an answer speaks of; -1 when it speaks of none. */
  readonly reported: number;
  /** What ladders have marked it as. */
  readonly marks: readonly string[];
  /** The stable, opaque name of limit `index`'s counter; undefined when it has none. */
  readonly bucket: (index: number) => string | undefined;
  /** Whether the store was not there for it. */
  readonly degraded?: boolean;
  /** Whether all it can speak of is what the address may ask before anybody is known: then header blocks speak of that. */
  readonly unidentified: boolean;
  /** A text under which nobody finds the text it was made from, the same every time. */
  readonly hash: (text: string) => string;
  /** Fields of the answer that ours stand beside, once they are known. */
  upstream?: Fields | undefined;
  /** What expressions may read, and these roots beside. */
  readonly scope: (roots: Roots) => Scope;
}

/** A thousand years: what ends later is for ever, and its end has no date (ECMA-262 21.4.1.1). */
const MAX_RESET_MS = 1000 * 366 * 86_400_000;

/** What a response says, as it stands when it is written: a charge that was made meanwhile is told too. */
export interface Telling {
  readonly told: Told;
}

/** Roots of expressions by name. */
export type Roots = Readonly<Record<string, unknown>>;

/** What limit `index` alone would still admit, in what people read. */
export function remainingOf(told: Told, index: number): number {
  const units = told.outcome?.figures[index * FIGURES] ?? 0;
  const scale = scaleOf(told, index);
  return scale === 1 ? units : units / scale;
}

/** What this request costs of limit `index`, in what people read. */
export function costOf(told: Told, index: number): number | undefined {
  const units = told.costs[index];
  return units === undefined ? undefined : units / scaleOf(told, index);
}

/** Units in one that people read: 1, or a million of a dollar. */
function scaleOf({ limits }: Told, index: number): number {
  const precision = limits[index]?.precision ?? 0;
  return precision === 0 ? 1 : 10 ** precision;
}

/** Ms until the counter of limit `index` is empty again; undefined when there is no such instant. */
export function resetInMsOf(told: Told, index: number): number | undefined {
  const resetInMs = told.outcome?.figures[index * FIGURES + 1] ?? -1;
  return resetInMs < 0 || resetInMs > MAX_RESET_MS ? undefined : resetInMs;
}

/**
 * The wall time of what is so many ms away. A period ends on a whole second, in every zone and schedule, and is told as that very second: store and answer read
 * two clocks, and the distance between them is kept while it changes by less than half of one.
 */
export function instantOf(told: Told, inMs: number): number {
  const atMs = told.wallAtMs + inMs;
  return isPeriodEnd(told, inMs) ? Math.round(atMs / 1000) * 1000 : atMs;
}

function isPeriodEnd(told: Told, inMs: number): boolean {
  const { limits } = told;
  for (let i = 0; i < limits.length; i++) if (limits[i]?.kind === 'quota' && resetInMsOf(told, i) === inMs) return true;
  return false;
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

/** What limit `index` allows, in what people read: with what grants give on top. */
export function amountOf(told: Told, index: number): number {
  const extra = told.outcome?.extras[index] ?? 0;
  const shown = told.limits[index]?.shown ?? 0;
  return extra === 0 ? shown : (Math.round(shown * scaleOf(told, index)) + extra) / scaleOf(told, index);
}

/** What is spent of what is shown as the limit, in what people read. It is subtracted in whole units: 1.1 - 0.3 is 0.8. */
export function usedOf(told: Told, index: number): number {
  const limit = told.limits[index];
  return limit === undefined ? 0 : Math.max(0, usedUnits(limit, told.outcome, index)) / scaleOf(told, index);
}

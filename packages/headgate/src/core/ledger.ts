import type { Amendment } from './counters/index.ts';

/** What one decision charged to one counter. Plain data. */
export interface Charge extends Amendment {
  readonly limitId: number;
  readonly slot: number;
  readonly units: number;
  /** Units kept when nobody settles in time. */
  readonly lost: number;
  /** The instant of monotonic time at which it is lost. */
  readonly untilMs: number;
  readonly holdMs: number;
}

/** What a record remembers of one decision: what it reserved, or, under a request id, what it charged for good. */
export interface Entry {
  readonly charges: readonly Charge[];
  /** Last instant of monotonic time at which it is remembered. */
  readonly untilMs: number;
  /** Request ids: operation, costs and keys, since the same id must mean the same request. */
  readonly fingerprint: string | undefined;
  readonly reservationId: string | undefined;
}

/** What a record remembers beside its counters. Most records have none. */
export interface Ledger {
  /** By {@link reservationName} or {@link requestName}. */
  readonly entries: Map<string, Entry>;
  /** Nothing ends before this instant of monotonic time. */
  nextMs: number;
}

/** Reservations and request ids that a record remembers at once. */
export const MAX_ENTRIES = 100_000;
/** How long an admission is remembered by its request id, in ms. */
export const REMEMBER_MS = 60_000;

export function emptyLedger(): Ledger {
  return { entries: new Map(), nextMs: Infinity };
}

export function reservationName(id: string): string {
  return `=${id}`;
}

export function requestName(id: string): string {
  return `?${id}`;
}

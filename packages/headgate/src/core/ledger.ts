import type { Amendment } from './counters/index.ts';

/*
 * What a record remembers beside its counters: who holds what, and which requests were let in already.
 * Most records have none. Everything in it is plain data.
 */

/** What one decision charged to one counter. */
export interface Charge extends Amendment {
  readonly limitId: number;
  readonly slot: number;
  readonly units: number;
  /** Units kept when nobody settles in time. */
  readonly lost: number;
  /** Reserved units come back at this instant of monotonic time. */
  readonly untilMs: number;
  readonly holdMs: number;
}

/** A request that was let in and may be asked about again. Kept in the step's first record. */
export interface Remembered {
  readonly untilMs: number;
  /** Operation, costs and keys: the same id must mean the same request. */
  readonly fingerprint: string;
  readonly reservationId: string | undefined;
  /** What it charged for good, record by record. */
  readonly charges: readonly (readonly Charge[])[];
}

export interface Ledger {
  /** By reservation id. */
  readonly holds: Map<string, Charge[]>;
  /** By request id, oldest first. */
  readonly requests: Map<string, Remembered>;
  /** No reservation ends before this instant of monotonic time. */
  nextMs: number;
}

/** Request ids kept a record; beyond it a decision says `once: false`. */
export const MAX_REQUEST_IDS = 1024;
/** Reservations kept a record whatever its limits allow; beyond it a decision is refused until some come back. */
export const MAX_HOLDS = 100_000;
/** How long an admission is remembered by its request id, in ms. */
export const REMEMBER_MS = 60_000;

export function emptyLedger(): Ledger {
  return { holds: new Map(), requests: new Map(), nextMs: Infinity };
}

export function isEmpty(ledger: Ledger): boolean {
  return ledger.holds.size === 0 && ledger.requests.size === 0;
}

/** Forgets requests whose time is over. They stand in order of time, so only the oldest are looked at. */
export function forget(ledger: Ledger, now: number): void {
  for (const [id, { untilMs }] of ledger.requests) {
    if (untilMs > now) return;
    ledger.requests.delete(id);
  }
}

/** The instant from which the ledger holds nothing. */
export function ledgerEndsAt(ledger: Ledger): number {
  let endsAtMs = 0;
  for (const charges of ledger.holds.values()) for (const { untilMs } of charges) endsAtMs = Math.max(endsAtMs, untilMs);
  for (const { untilMs } of ledger.requests.values()) endsAtMs = Math.max(endsAtMs, untilMs);
  return endsAtMs;
}

import type { Amendment } from './counters/index.ts';

/** What a record remembers of one decision on one counter: units reserved, or charged under a request id. Plain data. */
export interface Entry extends Amendment {
  readonly limitId: number;
  readonly slot: number;
  readonly units: number;
  /** Units kept when nobody settles in time. */
  readonly lost: number;
  /** The instant of monotonic time from which it is lost, or forgotten. */
  readonly untilMs: number;
  /** How long it is held, in ms; 0 when it was charged for good. */
  readonly holdMs: number;
  /** Of a request id itself: operation, costs and keys, since the same id must mean the same request. */
  readonly fingerprint?: string;
  readonly reservationId?: string | undefined;
}

/** What a record remembers beside its counters. Most records have none. */
export interface Ledger {
  /** What is reserved, by reservation id. */
  readonly entries: Map<string, readonly Entry[]>;
  /** What was let in, by request id, oldest first: all are remembered equally long. Some may be over. */
  readonly requests: Map<string, readonly Entry[]>;
  /** Units charged to each bucket since the ledger was opened, by {@link bucketName}: what came after a charge is not given back with it. */
  readonly charged: Map<string, number>;
  /** No reservation ends before this instant of monotonic time. */
  nextMs: number;
}

/** Ids of either sort that a record remembers at once, at most. */
export const MAX_ENTRIES = 100_000;
/** How long an admission is remembered by its request id, in ms. */
export const REMEMBER_MS = 60_000;

export function emptyLedger(): Ledger {
  return { entries: new Map(), requests: new Map(), charged: new Map(), nextMs: Infinity };
}

/** What a bucket is known by in {@link Ledger.charged}. */
export function bucketName({ limitId, slot }: Pick<Entry, 'limitId' | 'slot'>): string {
  return `${limitId}:${slot}`;
}

import type { ToldLimit } from '../parse/told.ts';
import { Ledger } from './ledger.ts';

/** What is known of a limit, from whatever source. */
export interface Terms {
  readonly name: string;
  readonly source: 'declared' | 'disclosed' | 'learned';
  readonly capacity: number;
  readonly kind?: 'rate' | 'concurrency';
  readonly windowMs?: number | undefined;
  /** When what was charged has come back. Default: as of a sliding window that is counted in sixteen slices, which holds for all. */
  readonly release?: Release | undefined;
}

/** The latest instant at which a window lets go of what arrived at some time between sent and received. */
export type Release = (cost: number, times: Times) => number;

/** One attempt's times, all by our clock. */
export interface Times {
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
  /** When the oldest request still under way was sent, this one included. */
  readonly oldestSentAtMs: number;
}

/** A window is counted in slices, and a unit comes back up to one slice late; the default of a policy. */
const SLICES = 16;
/** Where neither a window nor a reset is known, a unit is taken to come back after so long, and the next answer corrects it. */
const UNKNOWN_MS = 1000;

/** One limit as the client sees it: what it holds, and what of it is used until when. Every figure errs on the late side. */
export class Limit {
  readonly name: string;
  readonly source: Terms['source'];
  readonly held: boolean;
  capacity: number;
  windowMs: number | undefined;
  /** How the answers call it, once one of them told it. */
  told: string | undefined;
  resetAtMs: number | undefined;
  ledger: Ledger = new Ledger();
  readonly #release: Release;
  #reportSentAtMs = -Infinity;
  /** When the last answer came before the one that is read, and that one. */
  #landedAtMs: readonly [before: number, last: number] = [-Infinity, -Infinity];
  /** What this limit's answers proved to be told too early, ms. */
  #padMs = 0;

  constructor({ name, source, capacity, kind, windowMs, release }: Terms) {
    this.name = name;
    this.source = source;
    this.capacity = capacity;
    this.held = kind === 'concurrency';
    this.windowMs = windowMs;
    this.#release = release ?? ((_, { receivedAtMs }) => receivedAtMs + (this.windowMs ?? Infinity) * (1 + 1 / SLICES));
  }

  /** When `cost` more fit: now, later, or Infinity for after an answer. More than it can hold is tried when it is empty. */
  earliest(cost: number, nowMs: number): number {
    return this.ledger.earliest(Math.min(cost, this.capacity), this.capacity, nowMs);
  }

  /** The earliest at which `total` will have fitted, window after window, if all answers come at once. */
  expected(total: number, nowMs: number): number {
    const windows = Math.max(0, Math.ceil(total / this.capacity) - 1);
    const atMs = this.ledger.earliest(total - windows * this.capacity, this.capacity, nowMs);
    return (atMs === Infinity ? nowMs : atMs) + windows * (this.windowMs ?? 0);
  }

  /** Counts what was answered until it must have come back. */
  charge(cost: number, times: Times, resetAtMs: number | undefined): void {
    this.#landedAtMs = [this.#landedAtMs[1], times.receivedAtMs];
    if (this.held) return;
    const untilMs = Math.min(this.#release(cost, times), (resetAtMs ?? Infinity) + this.#padMs);
    this.ledger.add(cost, untilMs < Infinity ? untilMs : times.receivedAtMs + UNKNOWN_MS, this.windowMs);
  }

  /**
   * Brings the ledger in line with what an answer told. Whatever the server counts beyond what may be ours is somebody
   * else's. What it counts no more of ours has come back; but only an answer to what was sent when all others had been
   * answered proves that, and an answer to what was sent before one already read is old news.
   */
  reconcile({ limit, remaining, windowMs, resetAtMs }: ToldLimit, { sentAtMs, receivedAtMs }: Times): void {
    if (limit !== undefined && limit > 0) this.capacity = limit;
    if (windowMs !== undefined) this.windowMs ??= windowMs;
    if (resetAtMs !== undefined) this.resetAtMs = resetAtMs;
    if (remaining === undefined || this.held || sentAtMs < this.#reportSentAtMs) return;
    this.#reportSentAtMs = sentAtMs;
    const counted = this.capacity - Math.max(0, remaining);
    const used = this.ledger.usedAt(sentAtMs);
    const settled = used - this.ledger.pending;
    if (counted > used) this.ledger.add(counted - used, this.#foreignUntil(receivedAtMs), this.windowMs);
    else if (counted < settled && this.#landedAtMs[0] <= sentAtMs) this.ledger.forget(settled - counted);
  }

  #foreignUntil(receivedAtMs: number): number {
    const until = this.resetAtMs ?? receivedAtMs + (this.windowMs ?? UNKNOWN_MS);
    return Math.max(receivedAtMs, until + this.#padMs);
  }

  /** It refused where we saw room, just after the reset it had told: that is rounded down, or means something else. */
  distrust(sentAtMs: number): void {
    if (sentAtMs - (this.resetAtMs ?? sentAtMs) > 2 * UNKNOWN_MS) return;
    this.#padMs = Math.max(UNKNOWN_MS, 2 * this.#padMs);
  }
}

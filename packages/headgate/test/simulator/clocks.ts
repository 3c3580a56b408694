import type { Clock } from '../../src/core/index.ts';
import type { Events } from './events.ts';

/** 2025-01-01T00:00:00Z: where true time begins. */
export const BEGINNING_MS = 1_735_689_600_000;

/** The clocks of one machine: as fast as they are, and set by whoever sets them. */
export class MachineClock implements Clock {
  readonly #events: Events;
  /** Parts in a million that it goes too fast. */
  readonly #skewPpm: number;
  /** Whether it tells what no clock should: a part of a millisecond. */
  isBroken = false;
  #wallAheadMs = 0;
  #monotonicAheadMs = 0;

  constructor(events: Events, skewPpm: number) {
    this.#events = events;
    this.#skewPpm = skewPpm;
  }

  monotonicMs(): number {
    return this.#passed() + this.#monotonicAheadMs;
  }

  wallMs(): number {
    return this.#passed() + this.#wallAheadMs;
  }

  /** How far wall time was set ahead of what passed; below 0: back. */
  get wallAheadMs(): number {
    return this.#wallAheadMs;
  }

  /** Wall time is set, as an operator or a time server does. */
  set(ms: number): void {
    this.#wallAheadMs += ms;
  }

  /** What no monotonic clock does while its process runs, and every one may between two. */
  setBoth(ms: number): void {
    this.#wallAheadMs += ms;
    this.#monotonicAheadMs += ms;
  }

  /** A process begins: its monotonic time is anchored to wall time. Never back, where `backToo` does not say so. */
  anchor(backToo: boolean): void {
    this.#monotonicAheadMs = backToo ? this.#wallAheadMs : Math.max(this.#monotonicAheadMs, this.#wallAheadMs);
  }

  #passed(): number {
    const { nowMs } = this.#events;
    return BEGINNING_MS + nowMs + Math.floor((nowMs * this.#skewPpm) / 1e6) + (this.isBroken ? 0.5 : 0);
  }
}

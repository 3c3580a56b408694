import type { Clock } from '../core/index.ts';

/** A clock that stands still until it is told otherwise. */
export interface ManualClock extends Clock {
  /** Lets `ms` pass, on both clocks. */
  advance(ms: number): void;
  /** Sets wall time `ms` ahead (negative: back), as an operator or a time server does. Monotonic time goes on. */
  jump(ms: number): void;
  /** Sets both clocks `ms` ahead (negative: back): what no monotonic clock does, and a store must survive all the same. */
  jumpBoth(ms: number): void;
}

/** Where a clock begins, in ms since the epoch. */
export interface ManualClockStart {
  readonly monotonicMs?: number;
  readonly wallMs?: number;
}

/** 2025-01-01T00:00:00Z. */
const BEGINNING_MS = 1_735_689_600_000;

/** A clock for tests: they never wait. Both times begin at 2025-01-01T00:00:00Z unless said otherwise. */
export function manualClock({ monotonicMs = BEGINNING_MS, wallMs = monotonicMs }: ManualClockStart = {}): ManualClock {
  let monotonic = monotonicMs;
  let wall = wallMs;
  return {
    monotonicMs: () => monotonic,
    wallMs: () => wall,
    advance(ms) {
      monotonic += ms;
      wall += ms;
    },
    jump(ms) {
      wall += ms;
    },
    jumpBoth(ms) {
      monotonic += ms;
      wall += ms;
    },
  };
}

import type { Clock } from '../../core/index.ts';

/** The process's own time. The monotonic clock is anchored to wall time once, and never goes back. */
export function systemClock(): Clock {
  const anchorMs = Date.now() - performance.now();
  return {
    monotonicMs: () => Math.floor(anchorMs + performance.now()),
    wallMs: () => Date.now(),
  };
}

import type { Clock } from '../../core/index.ts';

/** The process's own time. The monotonic clock is anchored to wall time once, and never goes back. */
export function systemClock(): Clock {
  // The global is a getter, which alone would cost a fifth of the reading.
  const timer = performance;
  const anchorMs = Date.now() - timer.now();
  let readAtMs = NaN;
  let wall = NaN;
  return {
    monotonicMs: () => Math.floor(anchorMs + timer.now()),
    // Reading it costs as much as a third of a decision; once a millisecond is as often as it changes.
    wallMs(nowMs) {
      if (nowMs !== readAtMs || nowMs === undefined) {
        readAtMs = nowMs ?? NaN;
        wall = Date.now();
      }
      return wall;
    },
  };
}

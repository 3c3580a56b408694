import type { Timer } from '../model/pacer.ts';

/** Monotonic time, anchored to the wall clock once: a clock that is set moves no deadline. */
export const platformTimer: Timer = {
  nowMs: () => performance.timeOrigin + performance.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

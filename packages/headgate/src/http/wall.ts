import type { Clock } from '../core/index.ts';

/** A difference above this is a wall clock that was set; one below is two clocks read a moment apart. */
const MAX_DRIFT_MS = 500;

/**
 * Tells the wall time of a store's instant. Stores decide on a monotonic clock, answers speak of wall time: the distance between
 * the two is kept until the wall clock is set, so that the end of one window is told as the same second every time.
 */
export function createWall(clock: Clock): (storeNowMs: number, now?: number) => number {
  let apartMs = clock.wallMs() - clock.monotonicMs();
  return (storeNowMs, now = clock.wallMs()) => {
    if (Math.abs(now - storeNowMs - apartMs) > MAX_DRIFT_MS) apartMs = now - storeNowMs;
    return storeNowMs + apartMs;
  };
}

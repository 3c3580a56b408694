import type { Release } from '../model/limit.ts';

export type Algorithm = 'fixed' | 'sliding' | 'bucket';

/**
 * When a limit of this algorithm has let go of what was sent. A fixed window may begin with a request or by a clock, so that a unit is
 * only sure to be back when its own window has passed since it was answered, or at the reset that was told.
 */
export function releaseOf(algorithm: Algorithm, windowMs: number, capacity: number, slices: number): Release {
  switch (algorithm) {
    case 'fixed':
      return window(windowMs);
    case 'bucket':
      return bucket(windowMs / capacity);
    case 'sliding':
      return window(windowMs + Math.ceil(windowMs / slices));
    default:
      return algorithm satisfies never;
  }
}

const window =
  (spanMs: number): Release =>
  (_, receivedAtMs, resetAtMs = Infinity) =>
    Math.min(receivedAtMs + spanMs, resetAtMs);

/**
 * A bucket gets back one unit after the other, in the order in which they came to it. We see another order, that of the answers, so
 * that a unit's own reset must not be mixed with this count of them.
 */
function bucket(unitMs: number): Release {
  let fullAtMs = -Infinity;
  return (cost, receivedAtMs) => {
    fullAtMs = Math.max(receivedAtMs, fullAtMs) + cost * unitMs;
    return fullAtMs;
  };
}

import type { Release } from '../model/limit.ts';

export type Algorithm = 'fixed' | 'sliding' | 'bucket';

/** When a limit of this algorithm has let go of what was sent. */
export function releaseOf(algorithm: Algorithm, windowMs: number, capacity: number, slices: number): Release {
  switch (algorithm) {
    case 'fixed':
      return fixed(windowMs);
    case 'bucket':
      return bucket(windowMs / capacity);
    case 'sliding':
      return (_, receivedAtMs) => receivedAtMs + windowMs + Math.ceil(windowMs / slices);
    default:
      return algorithm satisfies never;
  }
}

/** What is answered before the window can have ended is in it; anything later may have begun a window of its own. */
function fixed(windowMs: number): Release {
  let startMs: readonly [least: number, most: number] = [-Infinity, -Infinity];
  return (_, receivedAtMs, oldestSentAtMs) => {
    if (receivedAtMs > startMs[0] + windowMs) startMs = [oldestSentAtMs, receivedAtMs];
    return startMs[1] + windowMs;
  };
}

/** A bucket gets back one unit after the other. */
function bucket(unitMs: number): Release {
  let fullAtMs = -Infinity;
  return (cost, receivedAtMs) => {
    fullAtMs = Math.max(receivedAtMs, fullAtMs) + cost * unitMs;
    return fullAtMs;
  };
}

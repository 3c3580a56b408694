/** The longest lifetime: ten years, as the longest window. What has no end, as a level, is kept so long after it last changed. */
export const LONGEST_MS: number = 366e4 * 864e2;
/** A key is kept a little longer than it must, so that its lifetime need not be told anew each time: as long again, but no more than this. */
export const HOUR_MS: number = 3_600_000;
export const LEAST_MS: number = 1000;

export interface Lifetime {
  readonly holdsLevel: boolean;
  /** From when on the counters hold nothing. */
  readonly idleAtMs: number;
  /** When Redis lets go of the key as things are. */
  readonly expiresAtMs: number;
}

/** For how long Redis is to be told to keep a key, 0 when it need not be told, and when it lets go of it then. */
export function lifetimeOf(now: number, { holdsLevel, idleAtMs, expiresAtMs }: Lifetime): readonly [number, number] {
  const neededMs = holdsLevel ? LONGEST_MS : Math.min(Math.max(0, Math.ceil(idleAtMs - now)), LONGEST_MS);
  const keepMs = keepMsOf(neededMs);
  // A level that nothing is held of any more was kept for years.
  const isFar = expiresAtMs > now + 2 * keepMs + HOUR_MS;
  return now + neededMs > expiresAtMs || isFar ? [keepMs, now + keepMs] : [0, expiresAtMs];
}

/** What is needed, and the margin. */
function keepMsOf(neededMs: number): number {
  return neededMs + Math.min(Math.max(neededMs, LEAST_MS), HOUR_MS);
}

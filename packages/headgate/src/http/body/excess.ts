import type { PlannedLimit } from '../../profile/index.ts';

/** Something that is more than its limit. */
export interface Excess {
  readonly limit: PlannedLimit;
  /** As far as it is known: the rest is not waited for. */
  readonly units: number;
}

/** The one that is exceeded first. */
export function leastOf(limits: readonly PlannedLimit[]): PlannedLimit | undefined {
  let least: PlannedLimit | undefined;
  for (const limit of limits) if (least === undefined || limit.amount < least.amount) least = limit;
  return least;
}

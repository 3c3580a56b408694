import type { Check } from '../../core/index.ts';
import type { Draw } from './draw.ts';
import type { Terms } from './terms.ts';

/** What an amendment gives back of a draw that is over; undefined when there is nothing. `nowMs` is the store's, as far as it is known. */
export function backOf(
  { program: { checks } }: Terms,
  { units, resetAtMs }: Draw,
  nowMs: number,
): number[] | undefined {
  return unlessNone(checks.map((check, i) => (isGivenBack(check) && resetAtMs[i]! > nowMs ? -units[i]! : 0)));
}

/** The same of a charge of which nothing was spent. */
export function chargeBackOf({ program: { checks } }: Terms, costs: readonly number[]): number[] | undefined {
  return unlessNone(checks.map((check, i) => (isGivenBack(check) ? -costs[i]! : 0)));
}

/** A bucket fills by itself; and what others have drawn since counts on it that this much was missing. */
function isGivenBack({ kind }: Check): boolean {
  return kind !== 'size' && kind !== 'bucket';
}

function unlessNone(costs: number[]): number[] | undefined {
  return costs.some((cost) => cost < 0) ? costs.map((cost) => cost || 0) : undefined;
}

import type { ZoneTable } from '../compiled.ts';

/** No zone is further from UTC than this; local time and UTC can differ by no more. In ms. */
const MAX_OFFSET_MS = 26 * 3_600_000;

/** A zone without transitions. */
export const UTC: ZoneTable = { atMs: [], offsetMs: [] };

/** ms to add to an instant to get local time. Before the table begins, what it begins with holds. */
export function offsetAt(zone: ZoneTable, atMs: number): number {
  return zone.offsetMs[Math.max(0, spanAt(zone, atMs))] ?? 0;
}

/**
 * The first instant at which local time has reached `localMs` (ms since 1970-01-01T00:00 on the wall). Where
 * that time is skipped it is the end of the gap; where it comes twice, the first.
 */
export function firstInstantOf(zone: ZoneTable, localMs: number): number {
  const { atMs, offsetMs } = zone;
  // No span that ends before this can reach the local time: start there instead of at the beginning.
  let i = Math.max(0, spanAt(zone, localMs - MAX_OFFSET_MS));
  for (let next = atMs[i + 1]; next !== undefined && next + (offsetMs[i] ?? 0) <= localMs; next = atMs[i + 1]) i++;
  const instant = localMs - (offsetMs[i] ?? 0);
  return i === 0 ? instant : Math.max(atMs[i] ?? 0, instant);
}

/** Index of the last transition at or before an instant; -1 when there is none. */
function spanAt({ atMs: starts }: ZoneTable, atMs: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

import type { Warn } from './warnings.ts';

/** Places in code that are remembered; beyond, nothing is told of new ones. */
const MAX_SITES = 1000;

/** Where limiters are made, and whether one that was made there has served. */
const sites = new Map<string, Site>();

export interface Site {
  hasServed: boolean;
}

interface Capturing {
  captureStackTrace?(target: object, above: unknown): void;
}

/** The place that calls `entry`, as the platform's stack tells it; undefined where it tells none. */
function placeOf(entry: unknown): string | undefined {
  const trace: { stack?: string } = {};
  (Error as Capturing).captureStackTrace?.(trace, entry);
  return trace.stack
    ?.split('\n')
    .find((line) => /:\d+:\d+\)?$/.test(line))
    ?.trim();
}

/**
 * Notes that a limiter is made by who calls `entry`. One that is made again at the same place once the first has served is made in a
 * handler, mostly: each counts from nothing.
 */
export function noteSite(entry: unknown, warn: Warn): Site {
  const place = placeOf(entry);
  const site = place === undefined ? undefined : sites.get(place);
  if (site?.hasServed === true)
    warn(
      'WARN_ADAPTER_IN_HANDLER',
      `It is made ${place}. Make it once, beside the app, and mount that; or give all of them one store.`,
    );
  if (site !== undefined) return site;
  const made = { hasServed: false };
  if (place !== undefined && sites.size < MAX_SITES) sites.set(place, made);
  return made;
}

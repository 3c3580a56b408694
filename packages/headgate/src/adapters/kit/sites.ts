import type { Warn } from './warnings.ts';

/** Places in code that are remembered; beyond, nothing is told of new ones. */
const MAX_SITES = 1000;
/** Frames looked at: a framework's own stand between a server and a handler. */
const FRAMES = 100;
/** So many limiters in a row that each served one request, and were then made again, are made for one request each. */
const IN_A_ROW = 2;

/** Where a server calls whoever handles a request. */
const SERVER = /node:_http_server|node:internal\/http2/;
const PLACE = /:\d+:\d+\)?$/;

/** How many requests one limiter has served. */
export interface Served {
  requests: number;
}

/** Where limiters are made, and what became of the last one that was. */
interface Site {
  last: Served;
  wasted: number;
}

const sites = new Map<string, Site>();

interface Capturing {
  stackTraceLimit?: number;
  captureStackTrace?(target: object, above: unknown): void;
}

/** The frames above `entry`, as the platform tells them; none where it tells none. */
function framesAbove(entry: unknown): readonly string[] {
  const platform = Error as Capturing;
  const trace: { stack?: string } = {};
  const { stackTraceLimit } = platform;
  platform.stackTraceLimit = FRAMES;
  platform.captureStackTrace?.(trace, entry);
  if (stackTraceLimit !== undefined) platform.stackTraceLimit = stackTraceLimit;
  return (trace.stack ?? '').split('\n').filter((line) => PLACE.test(line));
}

/**
 * Notes that a limiter, which counts from nothing, is made by who calls `entry`, and tells it when that is a handler: either a server
 * is seen to call it, or each one that is made there serves one request. An app that is made again for each test is none of these, mostly.
 */
export function noteSite(entry: unknown, warn: Warn): Served {
  const served = { requests: 0 };
  const frames = framesAbove(entry);
  const [place] = frames;
  if (place === undefined) return served;
  const site = sites.get(place);
  const wasted = site?.last.requests === 1 ? site.wasted + 1 : 0;
  if (wasted >= IN_A_ROW || frames.some((frame) => SERVER.test(frame))) warn('WARN_ADAPTER_IN_HANDLER', place.trim());
  if (site !== undefined) Object.assign(site, { last: served, wasted });
  else if (sites.size < MAX_SITES) sites.set(place, { last: served, wasted });
  return served;
}

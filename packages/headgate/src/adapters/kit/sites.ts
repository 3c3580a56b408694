import type { Warn } from './warnings.ts';

/** Places in code that are remembered; beyond, nothing is told of new ones. */
const MAX_SITES = 1000;
/** Frames looked at: a framework's own stand between a server and a handler. */
const FRAMES = 100;
/** So many limiters in a row that each served one request, at once, and were then made again, are made for one request each. */
const IN_A_ROW = 2;

/** Where a server calls whoever handles a request. */
const SERVER = /node:_http_server|node:internal\/http2/;
/** Where Node loads a module: what is made by that is made once, though a handler asked for the module. */
const LOADER = /node:internal\/modules\//;
const PLACE = /:\d+:\d+\)?$/;

/** How many requests one limiter has served. */
export interface Served {
  requests: number;
  /** Whether its first request was there when it was made. */
  isAtOnce?: boolean;
}

/** Where limiters are made, and what became of the last one that was. */
interface Site {
  last: Served;
  wasted: number;
  isTold: boolean;
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
 * Notes that a limiter, which counts from nothing, is made by who calls `entry`, and tells it, once of each place, when that is a handler:
 * either a server is seen to call it, or each one that is made there serves one request at once. An app that is made again for each test
 * is asked later than it is made.
 * @param isSeen whether one that a server is seen to make is told of at once
 */
export function noteSite(entry: unknown, warn: Warn, isSeen: boolean): Served {
  const served = fresh();
  const frames = framesAbove(entry);
  const [place] = frames;
  if (place === undefined) return served;
  const site = siteAt(place);
  const isWasted = site.last.requests === 1 && site.last.isAtOnce === true;
  Object.assign(site, { last: served, wasted: isWasted ? site.wasted + 1 : 0 });
  if (!site.isTold && (site.wasted >= IN_A_ROW || (isSeen && isHandling(frames)))) {
    site.isTold = true;
    warn('WARN_ADAPTER_IN_HANDLER', place.trim());
  }
  return served;
}

/** What has served nothing yet; it notes whether it does so before anything else can happen. */
function fresh(): Served {
  const served: Served = { requests: 0 };
  void Promise.resolve().then(() => (served.isAtOnce = served.requests > 0));
  return served;
}

function siteAt(place: string): Site {
  const known = sites.get(place);
  if (known !== undefined) return known;
  const site = { last: { requests: 0 }, wasted: 0, isTold: false };
  if (sites.size < MAX_SITES) sites.set(place, site);
  return site;
}

function isHandling(frames: readonly string[]): boolean {
  const caller = frames.find((frame) => SERVER.test(frame) || LOADER.test(frame));
  return caller !== undefined && SERVER.test(caller);
}

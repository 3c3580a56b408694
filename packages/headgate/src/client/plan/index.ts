import type { HeadgateFetch } from '../fetch/create-fetch.ts';
import type { DeclaredLimits } from '../fetch/options.ts';
import type { Limit } from '../model/limit.ts';

export interface PlanOptions {
  readonly requests: number;
  /** Units that each costs. Default 1. */
  readonly cost?: number;
  /** As `createFetch` tells scopes apart: an origin, unless it was told otherwise. Default: the only scope there is. */
  readonly scope?: string;
  /** What `createFetch` was given as `limits`. Before the first request, those that a request of no address counts on. */
  readonly limits?: DeclaredLimits;
  /** The instant by which they should have been sent, in ms since the epoch. */
  readonly byMs?: number;
  /** Default: now. */
  readonly nowMs?: number;
}

export interface Plan {
  /** When the last of them can be sent, in ms since the epoch; `undefined` while no limit is known. */
  readonly lastAtMs: number | undefined;
  /** Whether that is by `byMs`; undefined where either is not known. */
  readonly fits: boolean | undefined;
  /** The limit that decides it. */
  readonly binding: string | undefined;
}

/**
 * When so many requests more would fit, by what is known now and if nobody else comes. A limit that was only told is taken to come
 * back a window at a time, which is the later of what it may do.
 */
export function plan(api: HeadgateFetch, options: PlanOptions): Plan {
  const { requests, cost = 1, byMs, nowMs = performance.timeOrigin + performance.now() } = options;
  if (!(requests >= 0)) throw new TypeError(`plan.requests: expected a number of requests, got ${requests}`);
  const [only] = api.pacer.scopes.keys();
  const key = options.scope ?? only ?? '';
  const scope = api.pacer.scopes.get(key);
  const limits = [...declaredIn(options.limits, key), ...(scope?.limits ?? [])].filter(({ held }) => !held);
  let lastAtMs = limits.length === 0 ? undefined : Math.max(nowMs, scope?.pausedUntilMs ?? 0);
  let binding: string | undefined;
  for (const limit of limits) {
    // Whoever waits already goes first.
    const atMs = lastOf(limit, (api.pacer.queued + requests) * cost, nowMs);
    if (lastAtMs === undefined || atMs <= lastAtMs) continue;
    lastAtMs = atMs;
    binding = limit.terms.name;
  }
  const fits = lastAtMs === undefined || byMs === undefined ? undefined : lastAtMs <= byMs;
  return { lastAtMs, fits, binding };
}

/** The counters of a scope; before its first request those that any request would count on. */
function declaredIn(limits: DeclaredLimits | undefined, scope: string): readonly Limit[] {
  const used = limits?.in(scope) ?? [];
  const asked = { url: null, method: 'GET', headers: new Headers() };
  return used.length > 0 ? used : [...(limits?.of(scope, asked).keys() ?? [])];
}

function lastOf(limit: Limit, total: number, nowMs: number): number {
  const { capacity, windowMs, resetAtMs = nowMs, terms } = limit;
  const fills = total / capacity;
  // Of what was only told nobody knows how it comes back: a window at a time is the later.
  const windows = Math.max(0, (terms.steps || terms.source !== 'declared' ? Math.ceil(fills) : fills) - 1);
  const firstAtMs = limit.earliest(total - windows * capacity, nowMs);
  // Without a window, all that is known of how long one lasts is what is left of this one.
  const spanMs = windowMs ?? Math.max(0, resetAtMs - nowMs);
  // What is under way comes back a window after its answer.
  return (firstAtMs === Infinity ? nowMs + spanMs : firstAtMs) + windows * spanMs;
}

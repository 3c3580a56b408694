import type { Pacing } from '../model/pacer.ts';
import type { DeclaredLimits } from './options.ts';

/** How one limit stands. */
export interface LimitState {
  readonly name: string;
  readonly source: 'declared' | 'disclosed' | 'learned';
  readonly limit: number;
  /** What is left, by what we sent and were told. */
  readonly remaining: number;
  /** When at least one unit more is free; now if one is, undefined while only an answer can tell. */
  readonly nextAtMs: number | undefined;
}

export interface ScopeState {
  readonly scope: string;
  readonly inFlight: number;
  /** Nothing is sent before; an instant that is past, or 0, pauses nothing. */
  readonly pausedUntilMs: number;
  readonly limits: readonly LimitState[];
}

/** How things stand, as plain data: it can be shown ("12 of 60 left, back in 32 s") or sent elsewhere. */
export interface Snapshot {
  readonly queued: number;
  readonly scopes: readonly ScopeState[];
}

export const snapshotOf = (
  { scopes, queued }: Pacing,
  declared: DeclaredLimits | undefined,
  nowMs: number,
): Snapshot => ({
  queued,
  scopes: [...scopes].map(([scope, { flights, pausedUntilMs, limits }]) => ({
    scope,
    inFlight: flights.size,
    pausedUntilMs,
    limits: [...(declared?.in(scope) ?? []), ...limits].map((limit) => {
      const { capacity, terms } = limit;
      const nextAtMs = limit.earliest(1, nowMs);
      const remaining = Math.max(0, capacity - limit.usedAt(nowMs));
      return {
        name: terms.name,
        source: terms.source,
        limit: capacity,
        remaining,
        nextAtMs: nextAtMs < Infinity ? nextAtMs : undefined,
      };
    }),
  })),
});

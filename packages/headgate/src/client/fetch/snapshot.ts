import type { Pacer } from '../model/pacer.ts';
import type { Limit } from '../model/limit.ts';

/** How one limit stands. */
export interface LimitState {
  readonly name: string;
  readonly source: 'declared' | 'disclosed' | 'learned';
  readonly limit: number;
  /** What is left, by what we sent and were told. */
  readonly remaining: number;
  /** When at least one unit more is free; now if one is, undefined while only an answer can tell. */
  readonly nextAtMs?: number;
}

export interface ScopeState {
  readonly scope: string;
  readonly inFlight: number;
  readonly pausedUntilMs?: number;
  readonly limits: readonly LimitState[];
}

/** How things stand, as plain data: it can be shown ("12 of 60 left, back in 32 s") or sent elsewhere. */
export interface Snapshot {
  readonly queued: number;
  readonly scopes: readonly ScopeState[];
}

export function snapshotOf({ scopes, queued }: Pacer, nowMs: number): Snapshot {
  return {
    queued,
    scopes: [...scopes].map(([scope, state]) => ({
      scope,
      inFlight: state.flights.size,
      ...(state.pausedUntilMs > nowMs && { pausedUntilMs: state.pausedUntilMs }),
      limits: state.known().map((limit) => stateOf(limit, nowMs)),
    })),
  };
}

function stateOf(limit: Limit, nowMs: number): LimitState {
  const { name, source, capacity, ledger } = limit;
  const nextAtMs = limit.earliest(1, nowMs);
  return {
    name,
    source,
    limit: capacity,
    remaining: Math.max(0, capacity - ledger.usedAt(nowMs)),
    ...(nextAtMs < Infinity && { nextAtMs }),
  };
}

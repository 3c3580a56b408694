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
  readonly nextAtMs: number | undefined;
}

export interface ScopeState {
  readonly scope: string;
  readonly inFlight: number;
  readonly pausedUntilMs: number | undefined;
  readonly limits: readonly LimitState[];
}

/** How things stand, as plain data: it can be shown ("12 of 60 left, back in 32 s") or sent elsewhere. */
export interface Snapshot {
  readonly queued: number;
  readonly scopes: readonly ScopeState[];
}

export const snapshotOf = ({ scopes, queued }: Pacer, nowMs: number): Snapshot => ({
  queued,
  scopes: [...scopes.values()].map(({ key, flights, pausedUntilMs, known }) => ({
    scope: key,
    inFlight: flights.size,
    pausedUntilMs: pausedUntilMs > nowMs ? pausedUntilMs : undefined,
    limits: [...known].map((limit) => stateOf(limit, nowMs)),
  })),
});

function stateOf(limit: Limit, nowMs: number): LimitState {
  const { name, source, capacity, ledger } = limit;
  const nextAtMs = limit.earliest(1, nowMs);
  const remaining = Math.max(0, capacity - ledger.usedAt(nowMs));
  return { name, source, limit: capacity, remaining, nextAtMs: nextAtMs < Infinity ? nextAtMs : undefined };
}

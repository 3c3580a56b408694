export { createGate, type Gate, type GateOptions, type Grant, type LaterGate, type LaterGateOptions } from './gate.ts';
export { HeldDecision } from './decision.ts';
export { Reservation, type SettledCosts } from './reservation.ts';
export type { Resolution } from './resolution.ts';
export type {
  ConcurrencyLimit,
  Holding,
  LevelLimit,
  LimitSpec,
  Partition,
  QuotaLimit,
  RateLimit,
  SizeLimit,
} from './limit-spec.ts';

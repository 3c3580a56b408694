export { Decision, type LimitView } from './decision.ts';
export { createGate, limit, type DecideOptions, type Gate, type GateOptions, type Subject } from './gate.ts';
export type { LimitSpec } from './program.ts';

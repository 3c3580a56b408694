export { Decision, type LimitView } from './decision.ts';
export { createGate, limit, type DecideOptions, type Gate, type GateOptions, type Subject } from './gate.ts';
export { compileLimits, type LimitSpec } from './program.ts';

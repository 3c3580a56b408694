export { Decision, viewsOf, type LimitView, type Told } from './decision.ts';
export {
  costsOf,
  createGate,
  keysOf,
  limit,
  requireKey,
  type Costs,
  type DecideOptions,
  type Gate,
  type GateOptions,
  type Subject,
} from './gate.ts';
export { randomIds } from './ids.ts';
export { DECIDE_WORDS, requireWords } from './words.ts';
export { compileLimits, rateOf, unfit, type Compiled, type LimitSpec, type Read, type Words } from './program.ts';

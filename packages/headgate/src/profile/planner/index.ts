export { createPlanner, type PlannerOptions } from './planner.ts';
export type { ZoneSource } from './zones.ts';
export { countersOf, type CounterIdentity } from './counters.ts';
export { effectiveLimits, type EffectiveLimit } from './effective.ts';

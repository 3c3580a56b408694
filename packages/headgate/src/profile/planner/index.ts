export { createPlanner, type PlannerOptions } from './planner.ts';
export { countersOf } from './counters.ts';
export { effectiveLimits, type EffectiveLimit } from './effective.ts';

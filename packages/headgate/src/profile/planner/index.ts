export { createPlanner, type PlannerOptions } from './planner.ts';
export { TwoGenerations } from './cache.ts';
export { standingsAfter } from './expects.ts';
export { figureUses } from './uses.ts';
export { exactOf, scalarOf } from './figures.ts';
export { countersOf } from './counters.ts';
export { effectiveLimits, effectiveNotes, type EffectiveLimit } from './effective.ts';
export { isOfNobody } from './key.ts';

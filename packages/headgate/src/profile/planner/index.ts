export { createPlanner, type PlannerOptions } from './planner.ts';
export type { ZoneSource } from './zones.ts';

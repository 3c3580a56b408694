export * from './compiled.ts';
export type * from './names.ts';
export * from './plan.ts';
export * from './faults.ts';
export * from './escapes.ts';
export * from './framing.ts';
export * from './expression/index.ts';
export * from './calendar/index.ts';
export * from './planner/index.ts';

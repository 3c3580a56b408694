export * from './compiled.ts';
export * from './plan.ts';
export * from './expression/index.ts';

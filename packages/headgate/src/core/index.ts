export * from './program.ts';
export * from './outcome.ts';
export * from './store.ts';
export * from './errors.ts';
export * from './build.ts';
export * from './amount.ts';
export * from './ledger.ts';
export { run, type Bank, type Place } from './engine/index.ts';
export { Counter, widthOf, type Amendment, type Cells, type Instant } from './counters/index.ts';

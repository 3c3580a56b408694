export * from './program.ts';
export * from './outcome.ts';
export * from './store.ts';
export * from './errors.ts';
export * from './build.ts';
export * from './time.ts';
export * from './amount.ts';
export * from './ledger.ts';
export { run, type Bank } from './engine/index.ts';
export { requireCost } from './engine/units.ts';
export type { Holdings } from './engine/holdings.ts';
export {
  counterOf,
  MAX_GRANTS,
  slicesOf,
  useOf,
  widthOf,
  type Amendment,
  type Cells,
  type Counter,
  type Instant,
  type Row,
} from './counters/index.ts';
export { plugAll } from './all.ts';

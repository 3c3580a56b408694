import { plugAll } from '../core/index.ts';

// Every suite here tries every kind and verb.
plugAll();

export { manualClock, type ManualClock, type ManualClockStart } from './clock.ts';
export { plainStore, type PlainStore } from './plain-store.ts';
export { oracle } from './oracle/index.ts';
export { seeded, type Random } from './random.ts';
export { differential, type Differential, type MakeStore, type Seen } from './differential/index.ts';
export {
  Asker,
  contractSuite,
  programOf,
  segmentsOf,
  type AnyStore,
  type ContractTest,
  type LimitSpec,
  type MakeAnyStore,
  type Question,
} from './contract/index.ts';

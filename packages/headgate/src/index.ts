export {
  createGate,
  Decision,
  limit,
  type DecideOptions,
  type Gate,
  type GateOptions,
  type LimitSpec,
  type LimitView,
  type Subject,
} from './gate/index.ts';
export {
  memoryStore,
  systemClock,
  type MemoryStats,
  type MemoryStore,
  type MemoryStoreOptions,
} from './stores/memory/index.ts';
export { HeadgateError, verdictOf } from './core/index.ts';
export type * from './core/index.ts';

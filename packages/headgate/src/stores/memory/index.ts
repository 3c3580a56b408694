export { memoryStore, type MemoryStats, type MemoryStore, type MemoryStoreOptions } from './memory-store.ts';
export { systemClock } from './clock.ts';
export { clearUse, EMPTY_LAYOUT, extend, placeName, type Layout } from './layout.ts';

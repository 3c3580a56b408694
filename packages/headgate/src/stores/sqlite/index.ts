export { sqliteStore, type SqliteStats, type SqliteStore, type SqliteStoreOptions } from './sqlite-store.ts';
export type { Durability } from './durability.ts';

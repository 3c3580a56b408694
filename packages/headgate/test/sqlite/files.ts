import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { sqliteStore, type SqliteStore, type SqliteStoreOptions } from '../../src/stores/sqlite/index.ts';

const folders: string[] = [];
const stores: SqliteStore[] = [];

afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Hundreds of files are opened and closed, and each waits for its disk: where there is one made of memory, that is it. */
const home = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A file that does not exist yet, in a folder that is gone after the test. */
export function freshFile(): string {
  const folder = mkdtempSync(join(home, 'headgate-sqlite-'));
  folders.push(folder);
  return join(folder, 'store.db');
}

/** A store that is closed after the test. */
export function open(options: Partial<SqliteStoreOptions> = {}): SqliteStore {
  const store = sqliteStore({ file: freshFile(), ...options });
  stores.push(store);
  return store;
}

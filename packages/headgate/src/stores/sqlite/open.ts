import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import type Sqlite from 'better-sqlite3';
import type { Database } from 'better-sqlite3';
import { HeadgateError } from '../../core/index.ts';
import type { Durability } from './durability.ts';
import { codeOf, storeFault } from './faults.ts';
import { migrate } from './format.ts';
import { forgetOwner, readOwner, writeOwner } from './owner.ts';

/** A commit writes whole pages, each for one record mostly: small ones are less to write. */
const PAGE_BYTES = 1024;
/** The log is moved into the file beyond so many pages, and is cut to so many bytes then. */
const CHECKPOINT_PAGES = 4096;
const LOG_BYTES = 16 * 1024 * 1024;
/** Pages that are kept in memory, in KiB: the hot part of the indices. */
const PAGES_KIB = 16 * 1024;

/**
 * Opens a store's file, alone.
 * @throws HeadgateError `ERR_STORE_OWNED` when another has it open, `ERR_STORE_FORMAT` when it is no file of ours or a later
 * release's, `ERR_STORE` when it cannot be opened
 */
export function openFile(file: string, durability: Durability, nowMs: number): Database {
  const db = attempt(file, () => new (driver())(file, { timeout: 0 }));
  try {
    attempt(file, () => own(db, durability));
    migrate(db, file);
    attempt(file, () => writeOwner(file, nowMs));
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

export function closeFile(db: Database, file: string): void {
  if (!db.open) return;
  // The note first: once the lock is free, the note is the next owner's.
  forgetOwner(file);
  db.close();
}

/** In this mode nobody else can even read the file, and SQLite keeps the log's index in this process's memory. */
function own(db: Database, durability: Durability): void {
  db.pragma('locking_mode = EXCLUSIVE');
  db.pragma(`page_size = ${PAGE_BYTES}`);
  const mode = db.pragma('journal_mode = WAL', { simple: true });
  if (mode !== 'wal') throw new Error(`a file system that keeps no write-ahead log (journal_mode ${String(mode)})`);
  db.pragma(`synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'}`);
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  db.pragma(`journal_size_limit = ${LOG_BYTES}`);
  db.pragma(`cache_size = -${PAGES_KIB}`);
  db.pragma('temp_store = MEMORY');
  db.exec('BEGIN IMMEDIATE; COMMIT');
}

function attempt<T>(file: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof HeadgateError) throw error;
    if (codeOf(error) === 'SQLITE_BUSY') throw storeFaultOwned(file);
    if (codeOf(error) === 'SQLITE_NOTADB') throw storeFault('ERR_STORE_FORMAT', file, 'a store of Headgate', error);
    throw storeFault('ERR_STORE', file, 'a file that can be opened and written', error);
  }
}

function storeFaultOwned(file: string): HeadgateError {
  return new HeadgateError(
    'ERR_STORE_OWNED',
    `${file}: expected to be its only owner, but it is in use by ${readOwner(file)}`,
  );
}

/**
 * The driver is loaded when a store is opened: on a Node that it was not built for, loading it ends the process, and
 * where it is missing the error says what to do.
 */
function driver(): typeof Sqlite {
  try {
    return createRequire(import.meta.url)('better-sqlite3') as typeof Sqlite; // The package's own type.
  } catch (error) {
    throw storeFault('ERR_STORE', 'better-sqlite3', 'the package to be installed beside headgate', error);
  }
}

/** Bytes of the file and of its log. */
export function sizesOf(file: string): { readonly fileBytes: number; readonly logBytes: number } {
  return { fileBytes: sizeOf(file), logBytes: sizeOf(`${file}-wal`) };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

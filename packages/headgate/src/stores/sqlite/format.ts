import type { Database } from 'better-sqlite3';
import { HeadgateError } from '../../core/index.ts';

/** "HdGt": what tells our files from other SQLite files. */
const APPLICATION = 0x48644774;

/**
 * What brings a file from one version of the format to the next: entry 0 makes a new one. A release adds to the end; files
 * are found in the field, so what stands here is never changed.
 *
 * A record is one packed value (see packing.ts). What its ledger remembers are rows of their own, in the order in which it
 * was remembered: a limit that holds 100,000 permits writes one row when it lets one more in. A memo is a text by its name.
 */
const STEPS: readonly string[] = [
  `CREATE TABLE about (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
   INSERT INTO about VALUES ('boot', 0), ('records', 0), ('shared', 0), ('seed', abs(random() % 4294967296));
   CREATE TABLE record (id INTEGER PRIMARY KEY, shape INTEGER NOT NULL, key BLOB NOT NULL, until INTEGER NOT NULL, value BLOB NOT NULL);
   CREATE UNIQUE INDEX record_of ON record (shape, key);
   CREATE TABLE entry (record INTEGER NOT NULL, seq INTEGER NOT NULL, kind INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (record, seq)) WITHOUT ROWID;`,
  `CREATE TABLE memo (name BLOB PRIMARY KEY, until INTEGER NOT NULL, text TEXT NOT NULL) WITHOUT ROWID;
   CREATE INDEX memo_until ON memo (until);
   INSERT INTO about VALUES ('memos', 0);`,
  // Counters that pass with their process: an earlier release would give back what they held twice.
  '',
];

/** The version that this release writes. */
const FORMAT: number = STEPS.length;

/**
 * Brings a file to the version of this release, in one transaction.
 * @throws HeadgateError `ERR_STORE_FORMAT` for a file of another program's, or of a later release
 */
export function migrate(db: Database, file: string): void {
  const version = versionOf(db, file);
  if (version > FORMAT)
    throw new HeadgateError(
      'ERR_STORE_FORMAT',
      `${file}: expected format ${FORMAT} or older, got format ${version}: a later release wrote it, and only that, or a later one, can use it`,
    );
  if (version === FORMAT) return;
  const steps = STEPS.slice(version).join('\n');
  db.exec(`BEGIN IMMEDIATE; ${steps} PRAGMA application_id = ${APPLICATION}; PRAGMA user_version = ${FORMAT}; COMMIT`);
}

function versionOf(db: Database, file: string): number {
  const application = db.pragma('application_id', { simple: true });
  const tables = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
  if (application !== APPLICATION && tables !== 0)
    throw new HeadgateError(
      'ERR_STORE_FORMAT',
      `${file}: expected a store of Headgate, got another program's database`,
    );
  return Number(db.pragma('user_version', { simple: true }));
}

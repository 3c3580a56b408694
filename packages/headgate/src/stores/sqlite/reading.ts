import { bucketName } from '../../core/index.ts';
import { bytesOf, sharedBytesOf } from './key.ts';
import { Kept } from './kept.ts';
import { KeptLedger } from './ledger.ts';
import { readName } from './names.ts';
import { unpack, type PackedCounter, type Unpacked } from './packing.ts';
import type { EntryRow, Rows } from './rows.ts';
import type { Table } from './table.ts';

/** What reading needs to know beside the record. */
export interface Reading {
  readonly rows: Rows;
  /** The number of this process among those that had the file. */
  readonly boot: number;
}

const NOTHING: Pick<Unpacked, 'charged' | 'passed'> = { charged: [], passed: new Set() };

/** Reads a record; undefined when the file has none of this key. */
export function readRecord(
  { rows, boot }: Reading,
  table: Table,
  key: string,
  shared: boolean,
  now: number,
): Kept | undefined {
  const row = rows.find(table.shape, shared ? sharedBytesOf(key) : bytesOf(key));
  if (row === undefined) return undefined;
  const unpacked = unpack(row.value, boot);
  const { idleAtMs, hasNames, counters } = unpacked;
  table.admit(counters.map(({ field }) => field));
  const record = new Kept(table, key, shared);
  record.id = row.id;
  record.inFile = true;
  for (const counter of counters) place(record, counter);
  record.idleAtMs = idleAtMs;
  if (hasNames) record.ledger = ledgerOf(rows.entries(row.id), unpacked, now);
  return record;
}

/** Reads a ledger again that was given up. */
export function readLedger({ rows, boot }: Reading, record: Kept, now: number): KeptLedger | undefined {
  const row = rows.read(record.id);
  const unpacked = row === undefined ? NOTHING : unpack(row.value, boot);
  const ledger = ledgerOf(rows.entries(record.id), unpacked, now);
  // Not before all of it is here: a reading that fails must be tried again.
  record.unread = false;
  return (record.ledger = ledger);
}

function place({ table, cells }: Kept, { field, slot, numbers }: PackedCounter): void {
  const { at } = table.layout.places.get(`${field.limitId}/${slot}`)!; // Admitted just now.
  cells.set(numbers, at);
}

function ledgerOf(
  entries: readonly EntryRow[],
  { charged, passed }: Pick<Unpacked, 'charged' | 'passed'>,
  now: number,
): KeptLedger | undefined {
  if (entries.length === 0) return undefined;
  const ledger = new KeptLedger();
  for (const [limitId, slot, units] of charged) ledger.charged.found(bucketName({ limitId, slot }), units);
  for (const row of entries) readName(ledger, row, now, passed);
  return ledger;
}

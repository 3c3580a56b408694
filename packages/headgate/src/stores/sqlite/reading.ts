import { bucketName, REMEMBER_MS, type Entry } from '../../core/index.ts';
import { bytesOf } from './key.ts';
import { Kept } from './kept.ts';
import { KeptLedger, type Names } from './ledger.ts';
import { unpack, type PackedCounter } from './packing.ts';
import type { EntryRow, Rows } from './rows.ts';
import type { Table } from './table.ts';

/** What reading needs to know beside the record. */
export interface Reading {
  readonly rows: Rows;
  readonly names: Names;
  /** The number of this process among those that had the file. */
  readonly boot: number;
}

/** Reads a record; undefined when the file has none of this key. */
export function readRecord({ rows, names, boot }: Reading, table: Table, key: string, now: number): Kept | undefined {
  const row = rows.find(table.shape, bytesOf(key));
  if (row === undefined) return undefined;
  const { idleAtMs, counters, charged } = unpack(row.value, boot);
  table.admit(counters.map(({ field }) => field));
  const record = new Kept(table, key);
  record.id = row.id;
  record.inFile = true;
  for (const counter of counters) place(record, counter);
  record.idleAtMs = idleAtMs;
  record.ledger = ledgerOf(rows.entries(row.id), charged, names, now);
  return record;
}

/** Reads a ledger again that was given up. */
export function readLedger({ rows, names, boot }: Reading, record: Kept, now: number): void {
  const row = rows.read(record.id);
  const charged = row === undefined ? [] : unpack(row.value, boot).charged;
  record.ledger = ledgerOf(rows.entries(record.id), charged, names, now);
  record.unread = false;
}

function place({ table, cells }: Kept, { field, slot, numbers }: PackedCounter): void {
  const { at } = table.layout.places.get(`${field.limitId}/${slot}`)!; // Admitted just now.
  cells.set(numbers, at);
}

function ledgerOf(
  entries: readonly EntryRow[],
  charged: ReturnType<typeof unpack>['charged'],
  names: Names,
  now: number,
): KeptLedger | undefined {
  if (entries.length === 0) return undefined;
  const ledger = new KeptLedger(names);
  for (const [limitId, slot, units] of charged) ledger.charged.set(bucketName({ limitId, slot }), units);
  for (const row of entries) readEntry(ledger, row, now);
  ledger.settle();
  return ledger;
}

function readEntry(ledger: KeptLedger, { seq, kind, value }: EntryRow, now: number): void {
  const [name, written] = JSON.parse(value) as [string, Entry[]]; // What `entryText` wrote.
  const entries = written.map((entry) => asOfNow(entry, now));
  (kind === 0 ? ledger.entries : ledger.requests).load(name, entries, seq);
  if (kind === 0) for (const { untilMs } of entries) ledger.nextMs = Math.min(ledger.nextMs, untilMs);
  ledger.nextSeq = seq + 1;
}

/** An entry that ends later than one that is made now was made by a clock that has since gone back: as if made now. */
function asOfNow(entry: Entry, now: number): Entry {
  const untilMs = Math.min(entry.untilMs, now + (entry.holdMs || REMEMBER_MS));
  return untilMs === entry.untilMs ? entry : { ...entry, untilMs };
}

export function entryText(name: string, entries: readonly Entry[]): string {
  return JSON.stringify([name, entries]);
}

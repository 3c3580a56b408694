import type { Check, Field } from '../../core/index.ts';
import { Kept } from './kept.ts';
import { KeptLedger } from './ledger.ts';
import { Overflow } from './overflow.ts';
import { readLedger, readRecord, type Reading } from './reading.ts';
import { Table } from './table.ts';

/**
 * The records in memory: those that were asked for last. Within a tick nothing leaves, so that what the tick changed
 * stands here until it is committed.
 */
export class Cache {
  /** What the tick has asked for so far. */
  readonly touched: Kept[] = [];
  readonly #tables: Map<number, Table> = new Map();
  /** The longest unasked first. */
  readonly #order: Set<Kept> = new Set();
  readonly #reading: Reading;
  readonly #most: number;
  readonly #overflow: Overflow;
  /** Records of keys that the tick has met for the first time. */
  readonly #made: Kept[] = [];
  #tick = 0;
  #overflowedBefore = 0;
  /** What ledgers in memory remember, all together. */
  #names = 0;

  /** `most`: records and the names in their ledgers, together, that stay in memory between ticks. */
  constructor(reading: Reading, most: number, mostRecords: number) {
    this.#reading = reading;
    this.#most = most;
    this.#overflow = new Overflow(reading.rows, mostRecords, {
      read: (table, key, now) => table.shared.get(key) ?? this.#read(table, key, true, now),
      make: (table, key, shared) => this.#make(table, key, shared),
      fresh: () => this.#made.length,
    });
  }

  /** Keys that the tick found no record for: what it makes the file grow by, or would if that had room. */
  get pressing(): number {
    return this.#made.length + this.#overflow.count - this.#overflowedBefore;
  }

  /** Decisions that were made in a shared record. */
  get overflowed(): number {
    return this.#overflow.count;
  }

  get size(): number {
    return this.#order.size;
  }

  tableOf(shape: number, fields: readonly Field[], checks: readonly Check[]): Table {
    const table = this.#tableOf(shape);
    table.admit(fields, checks);
    return table;
  }

  /** The record of a key, made if it is wanted; undefined where there is none. */
  record(table: Table, key: string, wanted: boolean, now: number): Kept | undefined {
    const known =
      table.records.get(key) ?? this.#read(table, key, false, now) ?? this.#overflow.of(table, key, wanted, now);
    if (known === undefined) return undefined;
    this.complete(known, now);
    if (known.tick !== this.#tick) this.#touch(known);
    return known;
  }

  /** A record of the file that is in memory. */
  found(shape: number, key: string): Kept | undefined {
    return this.#tables.get(shape)?.records.get(key);
  }

  /** Which records must leave for the rest to fit, the longest unasked first; none that the tick has touched. */
  overdue(): Kept[] {
    let over = this.#order.size + this.#names - this.#most;
    const leaving: Kept[] = [];
    for (const record of this.#order) {
      if (over <= 0 || record.tick === this.#tick) break;
      leaving.push(record);
      over -= 1 + (record.ledger?.names ?? 0);
    }
    return leaving;
  }

  drop(record: Kept): void {
    this.#names -= record.forgetLedger();
    record.shelf.delete(record.key);
    this.#order.delete(record);
  }

  /** Ends the tick: what it changed is in the file. */
  settle(): void {
    for (const { ledger } of this.touched) {
      ledger?.settle();
      this.#count(ledger);
    }
    this.#next();
  }

  /** What was given up of a record must be read before it can be written. */
  complete(record: Kept, now: number): void {
    if (record.unread) this.#count(readLedger(this.#reading, record, now));
  }

  /** Ends the tick as if it had never been. What it brought into memory leaves again: a disk that fails for hours fills no memory. */
  rollBack(): void {
    for (const record of this.touched) this.#names -= record.rollBack();
    for (const record of this.#made) this.drop(record);
    this.#next();
    for (const record of this.overdue()) if (record.inFile) this.drop(record);
  }

  #count(ledger: KeptLedger | undefined): void {
    if (ledger !== undefined) this.#names += ledger.more();
  }

  #next(): void {
    this.touched.length = 0;
    this.#made.length = 0;
    this.#overflowedBefore = this.#overflow.count;
    this.#tick++;
  }

  #tableOf(shape: number): Table {
    let table = this.#tables.get(shape);
    if (table === undefined) this.#tables.set(shape, (table = new Table(shape)));
    return table;
  }

  #read(table: Table, key: string, shared: boolean, now: number): Kept | undefined {
    const record = readRecord(this.#reading, table, key, shared, now);
    if (record === undefined) return undefined;
    record.shelf.set(key, record);
    this.#count(record.ledger);
    return record;
  }

  #make(table: Table, key: string, shared: boolean): Kept {
    const record = new Kept(table, key, shared);
    record.shelf.set(key, record);
    this.#made.push(record);
    return record;
  }

  #touch(record: Kept): void {
    record.begin(this.#tick);
    this.touched.push(record);
    this.#order.delete(record);
    this.#order.add(record);
  }
}

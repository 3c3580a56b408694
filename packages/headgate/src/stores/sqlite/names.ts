import { bucketName, Lease, REMEMBER_MS, type Entry, type Remembered } from '../../core/index.ts';
import type { KeptLedger, Notes } from './ledger.ts';
import type { EntryRow, Rows } from './rows.ts';

/*
 * What a ledger remembers under a name is a row of its own: `[name, what]`, as JSON, in which any name is told from any other,
 * lone surrogates too.
 */

const LEASES = 0;
const REQUEST = 1;

/** What is reserved under an id for one length of time; entries lead to one another. */
type WrittenLease = Pick<Lease, 'holdMs' | 'untilMs' | 'first'>;

/** Writes what changed of a ledger. */
export function writeNames(rows: Rows, record: number, ledger: KeptLedger): void {
  const { requests, held } = ledger;
  const leasesOf = (id: string): unknown => {
    const leading = ledger.find(id);
    return leading && written(leading);
  };
  writeList(rows, { record, kind: LEASES, notes: held, ledger, find: leasesOf });
  writeList(rows, { record, kind: REQUEST, notes: requests.notes, ledger, find: (name) => requests.get(name) });
}

interface List {
  readonly record: number;
  readonly kind: number;
  readonly notes: Notes;
  readonly ledger: KeptLedger;
  readonly find: (name: string) => unknown;
}

function writeList(rows: Rows, { record, kind, notes, ledger, find }: List): void {
  for (const seq of notes.removed) rows.removeEntry(record, seq);
  for (const name of notes.changed) {
    const what = find(name);
    const known = notes.seqOf(name);
    if (what === undefined && known !== undefined) rows.removeEntry(record, known);
    if (what === undefined) continue;
    const seq = known ?? ledger.nextSeq++;
    notes.place(name, seq);
    rows.putEntry(record, seq, kind, JSON.stringify([name, what]));
  }
}

/** The leases of one id, the last one first: so they are reserved again. */
function written(leading: Lease): WrittenLease[] {
  const { holdMs, untilMs, first, other } = leading;
  return [...(other === undefined ? [] : written(other)), { holdMs, untilMs, first }];
}

/**
 * Puts what a row says into a ledger. What it says of a clock that has since gone back is to be written anew: read again later, it would last again. So
 * is what it says of counters that went with another process, `passed`: it would be given back where nothing was charged.
 */
export function readName(
  ledger: KeptLedger,
  { seq, kind, value }: EntryRow,
  now: number,
  passed: ReadonlySet<string>,
): void {
  if (kind === LEASES) readLeases(ledger, seq, JSON.parse(value) as [string, WrittenLease[]], now, passed); // What `writeNames` wrote.
  else readRequest(ledger, seq, JSON.parse(value) as [string, Remembered], now); // What `writeNames` wrote.
  ledger.nextSeq = seq + 1;
}

function readLeases(
  ledger: KeptLedger,
  seq: number,
  [id, leases]: [string, WrittenLease[]],
  now: number,
  passed: ReadonlySet<string>,
): void {
  ledger.held.place(id, seq);
  for (const { holdMs, untilMs: wasMs, first: all } of leases) {
    const untilMs = asOfNow(wasMs, holdMs, now);
    const first = passed.size === 0 ? all : without(all, passed);
    if (first !== undefined || all === undefined) ledger.found(new Lease(id, holdMs, untilMs, ledger.find(id), first));
    if (untilMs !== wasMs || first !== all) ledger.held.note(id);
  }
}

/** The same entries where none is of these counters. */
function without(entry: Entry | undefined, passed: ReadonlySet<string>): Entry | undefined {
  if (entry === undefined) return undefined;
  const next = without(entry.next, passed);
  if (passed.has(bucketName(entry))) return next;
  return next === entry.next ? entry : { ...entry, next };
}

function readRequest({ requests }: KeptLedger, seq: number, [name, known]: [string, Remembered], now: number): void {
  const untilMs = asOfNow(known.untilMs, REMEMBER_MS, now);
  requests.found(name, { ...known, untilMs });
  requests.notes.place(name, seq);
  if (untilMs !== known.untilMs) requests.notes.note(name);
}

/** What ends later than what is made now was made by a clock that has since gone back: as if made now. */
function asOfNow(untilMs: number, lifetimeMs: number, now: number): number {
  return Math.min(untilMs, now + lifetimeMs);
}

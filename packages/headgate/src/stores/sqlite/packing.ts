import { bucketName, KINDS, widthOf, type Field } from '../../core/index.ts';
import type { Kept } from './kept.ts';
import type { Lasts, Place } from './table.ts';

/*
 * A record as one value, little-endian:
 *
 *   boot u32, counters u16, charged u16, idle from f64, whether it has names u32
 *   a counter: limitId u32, slot u32, windowMs f64, kind u8, slices u8, lasts u8, width u8, numbers f64 × width
 *   charged to a bucket: limitId u32, slot u32, units f64
 *
 * Every counter says what it is, so that another version of the policy, and another process, find what they know and
 * keep what they do not. Counters that are all zeros are not written.
 */

const HEAD_BYTES = 20;
const COUNTER_BYTES = 20;
const CHARGED_BYTES = 16;
/** By the number that says so. */
const LASTS: readonly Lasts[] = ['no', 'yes', 'passing'];

let scratch: Buffer = Buffer.alloc(1024);
let view: DataView = new DataView(scratch.buffer, scratch.byteOffset);

/**
 * Packs a record. Without `all`, only what outlasts the process. The bytes are overwritten by the next call.
 */
export function pack(record: Kept, boot: number, all: boolean): Buffer {
  const { places } = record.table;
  const charged = record.ledger?.charged;
  reserve(HEAD_BYTES + places.length * COUNTER_BYTES + record.stride * 8 + (charged?.size ?? 0) * CHARGED_BYTES);
  let end = HEAD_BYTES;
  let counters = 0;
  for (const place of places) {
    if ((place.lasts === 'no' && !all) || isEmpty(record, place)) continue;
    end = packCounter(record, place, end);
    counters++;
  }
  view.setUint32(0, boot, true);
  view.setUint16(4, counters, true);
  view.setUint16(6, charged?.size ?? 0, true);
  view.setFloat64(8, record.idleAtMs, true);
  view.setUint32(16, record.ledger === undefined || record.ledger.isEmpty ? 0 : 1, true);
  for (const [bucket, units] of charged ?? []) end = packCharged(bucket, units, end);
  return scratch.subarray(0, end);
}

function packCounter({ cells }: Kept, place: Place, at: number): number {
  view.setUint32(at, place.limitId, true);
  view.setUint32(at + 4, place.slot, true);
  view.setFloat64(at + 8, place.windowMs, true);
  view.setUint8(at + 16, KINDS.indexOf(place.kind));
  view.setUint8(at + 17, place.slices);
  view.setUint8(at + 18, LASTS.indexOf(place.lasts));
  view.setUint8(at + 19, place.width);
  for (let i = 0; i < place.width; i++) view.setFloat64(at + COUNTER_BYTES + i * 8, cells[place.at + i]!, true);
  return at + COUNTER_BYTES + place.width * 8;
}

function packCharged(bucket: string, units: number, at: number): number {
  const [limitId, slot] = bucket.split(':').map(Number) as [number, number]; // Such is a bucket's name.
  view.setUint32(at, limitId, true);
  view.setUint32(at + 4, slot, true);
  view.setFloat64(at + 8, units, true);
  return at + CHARGED_BYTES;
}

function isEmpty({ cells }: Kept, { at, width }: Place): boolean {
  for (let i = at; i < at + width; i++) if (cells[i] !== 0) return false;
  return true;
}

function reserve(bytes: number): void {
  if (bytes <= scratch.length) return;
  scratch = Buffer.alloc(2 * bytes);
  view = new DataView(scratch.buffer, scratch.byteOffset);
}

export interface PackedCounter {
  readonly field: Field;
  readonly slot: number;
  readonly numbers: readonly number[];
}

export interface Unpacked {
  /** From when on its counters hold nothing, in monotonic ms. */
  readonly idleAtMs: number;
  /** Whether its ledger remembers anything, in rows of their own. */
  readonly hasNames: boolean;
  readonly counters: readonly PackedCounter[];
  readonly charged: readonly (readonly [limitId: number, slot: number, units: number])[];
  /** Counters, by {@link bucketName}, of which all that is held went with another process. */
  readonly passed: ReadonlySet<string>;
}

/** Reads a value. What another process left, and need not outlast it, is left out. */
export function unpack(value: Buffer, boot: number): Unpacked {
  const from = new DataView(value.buffer, value.byteOffset, value.length);
  const sameProcess = from.getUint32(0, true) === boot;
  const counters: PackedCounter[] = [];
  const passed = new Set<string>();
  let at = HEAD_BYTES;
  for (let left = from.getUint16(4, true); left > 0; left--) {
    const width = from.getUint8(at + 19);
    const counter = unpackCounter(from, at, width);
    if (!sameProcess && LASTS[from.getUint8(at + 18)] === 'passing')
      passed.add(bucketName({ limitId: counter.field.limitId, slot: counter.slot }));
    // A release that counts a kind in other numbers begins it anew.
    if ((sameProcess || counter.field.durable === true) && width === widthOf(counter.field)) counters.push(counter);
    at += COUNTER_BYTES + width * 8;
  }
  const charged = Array.from({ length: from.getUint16(6, true) }, (_, i) => {
    const start = at + i * CHARGED_BYTES;
    return [from.getUint32(start, true), from.getUint32(start + 4, true), from.getFloat64(start + 8, true)] as const;
  });
  return { idleAtMs: from.getFloat64(8, true), hasNames: from.getUint32(16, true) > 0, counters, charged, passed };
}

function unpackCounter(from: DataView, at: number, width: number): PackedCounter {
  const slot = from.getUint32(at + 4, true);
  const field: Field = {
    limitId: from.getUint32(at, true),
    kind: KINDS[from.getUint8(at + 16)] ?? 'size', // Which has no width, so that it is left out.
    windowMs: from.getFloat64(at + 8, true),
    slices: from.getUint8(at + 17),
    slots: [slot],
    durable: from.getUint8(at + 18) === 1,
  };
  const numbers = Array.from({ length: width }, (_, i) => from.getFloat64(at + COUNTER_BYTES + i * 8, true));
  return { field, slot, numbers };
}

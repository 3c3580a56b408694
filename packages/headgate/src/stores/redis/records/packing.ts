import { HeadgateError } from '../../../core/index.ts';
import { SPOT_BYTES } from './shape.ts';

/*
 * A record as one value, little-endian:
 *
 *   version f64      a new one with each write; a fresh record begins at the µs of its birth, so that no two lives share one
 *   expires at f64   when Redis lets go of the key, in ms: as long as that is late enough, it is not told again
 *   idle at f64      from when on its counters hold nothing, in ms
 *   layout u32       the directory's hash; 0 when a ledger follows, so that only those who can read it look further
 *   numbers u16, counters u16, format u8
 *   numbers f64 ×, the counters' own, in the order of the directory
 *   directory        18 bytes a counter: every record says what its numbers mean
 *   ledger           what is reserved and remembered, as JSON, if anything is
 *
 * Scripts read the head and the numbers by position; all else is theirs to carry along.
 */

export const HEAD_BYTES = 33;
const FORMAT = 1;

export interface Packed {
  readonly expiresAtMs: number;
  readonly idleAtMs: number;
  readonly numbers: Float64Array;
  readonly directory: Buffer;
  /** JSON; empty when there is none. */
  readonly ledger: string;
}

/** All but the version, which is not known yet. */
export function pack(record: Packed, tag: number): Buffer {
  const { numbers, directory } = record;
  const ledgerAt = HEAD_BYTES + numbers.length * 8 + directory.length;
  const value = Buffer.alloc(ledgerAt + Buffer.byteLength(record.ledger));
  value.writeDoubleLE(record.expiresAtMs, 8);
  value.writeDoubleLE(record.idleAtMs, 16);
  value.writeUInt32LE(record.ledger === '' ? tag : 0, 24);
  value.writeUInt16LE(numbers.length, 28);
  value.writeUInt16LE(directory.length / SPOT_BYTES, 30);
  value.writeUInt8(FORMAT, 32);
  for (let i = 0; i < numbers.length; i++) value.writeDoubleLE(numbers[i]!, HEAD_BYTES + i * 8);
  directory.copy(value, HEAD_BYTES + numbers.length * 8);
  value.write(record.ledger, ledgerAt);
  return value;
}

export function versionOf(value: Buffer): number {
  return value.readDoubleLE(0);
}

/** @throws HeadgateError `ERR_STORE_FORMAT` for what is no record, or a later release's */
export function unpack(value: Buffer): Packed {
  const format = value.length < HEAD_BYTES ? -1 : value.readUInt8(32);
  const width = format === FORMAT ? value.readUInt16LE(28) : 0;
  const directoryAt = HEAD_BYTES + width * 8;
  const ledgerAt = directoryAt + (format === FORMAT ? value.readUInt16LE(30) * SPOT_BYTES : 0);
  if (format !== FORMAT || value.length < ledgerAt)
    throw new HeadgateError(
      'ERR_STORE_FORMAT',
      `redis: expected a record of format ${FORMAT}, got ${value.length} bytes`,
    );
  return {
    expiresAtMs: value.readDoubleLE(8),
    idleAtMs: value.readDoubleLE(16),
    numbers: numbersOf(value, width),
    directory: value.subarray(directoryAt, ledgerAt),
    ledger: value.toString('utf8', ledgerAt),
  };
}

function numbersOf(value: Buffer, width: number): Float64Array {
  const numbers = new Float64Array(width);
  for (let i = 0; i < width; i++) numbers[i] = value.readDoubleLE(HEAD_BYTES + i * 8);
  return numbers;
}

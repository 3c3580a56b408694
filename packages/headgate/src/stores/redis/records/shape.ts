import { idOf, KINDS, useOf, widthOf, type Field } from '../../../core/index.ts';
import { placeName } from '../../memory/index.ts';

/** One counter of every record of a shape: what it is, and where its numbers stand. */
export interface Spot extends Pick<Field, 'limitId' | 'kind' | 'windowMs' | 'slices'> {
  readonly slot: number;
  readonly at: number;
  readonly width: number;
  /** How many of its numbers a reset empties: the first ones. */
  readonly use: number;
}

/** What a counter is, as records say it: little-endian limitId u32, slot u32, windowMs f64, kind u8, slices u8. */
export const SPOT_BYTES = 18;

/** How many numbers a record has at most: 64 KiB of them, an order of magnitude above what a policy makes. */
const MAX_STRIDE = 8192;

/**
 * How this process lays out the records of one shape: all counters that it has met, in the order of their identity. Whoever has met
 * the same ones lays them out alike, in whatever order they came.
 */
export class Shape {
  readonly id: number;
  readonly spots: Map<string, Spot> = new Map();
  readonly fields: Map<number, Field> = new Map();
  /** Counts how often the layout has changed. */
  version = 0;
  stride = 0;
  /** What every record of this layout says of it. */
  directory: Buffer = Buffer.alloc(0);
  /** Tells layouts apart. */
  tag = 0;

  constructor(id: number) {
    this.id = id;
  }

  /** Makes room for counters not met before. */
  admit(fields: readonly Field[]): void {
    let isNew = false;
    for (const field of fields) {
      if (!this.fields.has(field.limitId)) this.fields.set(field.limitId, field);
      for (const slot of field.slots) isNew = this.#meet(field, slot) || isNew;
    }
    if (isNew) this.#lay();
  }

  #meet(field: Field, slot: number): boolean {
    const name = placeName(field.limitId, slot);
    const width = widthOf(field);
    if (this.spots.has(name) || width === 0 || this.stride + width > MAX_STRIDE) return false;
    const { limitId, kind, windowMs, slices } = field;
    this.spots.set(name, { limitId, kind, windowMs, slices, slot, at: -1, width, use: useOf(field) });
    return true;
  }

  #lay(): void {
    const inOrder = [...this.spots].toSorted(([, a], [, b]) => a.limitId - b.limitId || a.slot - b.slot);
    this.directory = Buffer.alloc(inOrder.length * SPOT_BYTES);
    this.stride = 0;
    for (const [i, [name, spot]] of inOrder.entries()) {
      this.spots.set(name, { ...spot, at: this.stride });
      this.stride += spot.width;
      writeSpot(this.directory, i * SPOT_BYTES, spot);
    }
    // 0 says that a record has more to it than its layout.
    this.tag = idOf(this.directory.toString('latin1')) || 1;
    this.version++;
  }
}

function writeSpot(into: Buffer, at: number, { limitId, slot, windowMs, kind, slices }: Spot): void {
  into.writeUInt32LE(limitId, at);
  into.writeUInt32LE(slot, at + 4);
  into.writeDoubleLE(windowMs, at + 8);
  into.writeUInt8(KINDS.indexOf(kind), at + 16);
  into.writeUInt8(slices, at + 17);
}

/** The fields of a directory, one a counter. */
export function readSpots(directory: Buffer): Field[] {
  return Array.from({ length: directory.length / SPOT_BYTES }, (_, i) => {
    const at = i * SPOT_BYTES;
    return {
      limitId: directory.readUInt32LE(at),
      slots: [directory.readUInt32LE(at + 4)],
      windowMs: directory.readDoubleLE(at + 8),
      kind: KINDS[directory.readUInt8(at + 16)] ?? 'size', // Which has no width.
      slices: directory.readUInt8(at + 17),
    };
  });
}

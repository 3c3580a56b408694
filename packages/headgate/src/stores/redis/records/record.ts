import { placeName } from '../../memory/index.ts';
import { widthOf, type Cells, type Instant, type Ledger } from '../../../core/index.ts';
import type { Place } from './key.ts';
import { ledgerFrom, textOf } from './ledger-text.ts';
import { HEAD_BYTES, pack, unpack, versionOf, type Packed } from './packing.ts';
import { lifetimeOf } from './lifetime.ts';
import { readSpots, type Shape } from './shape.ts';

/** A record that steps are being carried out on: what Redis has of it, and what is to become of it. */
export class OpenRecord {
  readonly place: Place;
  readonly shape: Shape;
  /** As Redis has it; undefined when it has none. */
  readonly value: Buffer | undefined;
  cells: Cells;
  ledger: Ledger | undefined;
  idleAtMs: number;
  readonly #packed: Packed | undefined;

  /** The shape has met all that the value says: see {@link learn}. */
  constructor(place: Place, shape: Shape, value: Buffer | undefined, now: number) {
    this.place = place;
    this.shape = shape;
    this.value = value;
    this.#packed = value && unpack(value);
    this.cells = new Float64Array(shape.stride);
    this.idleAtMs = this.#packed?.idleAtMs ?? 0;
    this.ledger = ledgerFrom(this.#packed?.ledger ?? '', now);
    if (this.#packed !== undefined) this.#lay(this.#packed);
  }

  get version(): number {
    return this.value === undefined ? 0 : versionOf(this.value);
  }

  #lay({ directory, numbers }: Packed): void {
    if (directory.equals(this.shape.directory)) return this.cells.set(numbers);
    let from = 0;
    for (const field of readSpots(directory)) {
      const width = widthOf(field);
      const spot = this.shape.spots.get(placeName(field.limitId, field.slots[0]!));
      if (spot?.width === width) this.cells.set(numbers.subarray(from, from + width), spot.at);
      from += width;
    }
  }

  /** As it is to be written, with how long Redis is to keep it: 0 for as long as it does already. Undefined when nothing has changed. */
  changed(
    { now }: Instant,
    { version, moreMs }: { readonly version: number; readonly moreMs: number },
  ): { readonly value: Buffer; readonly keepMs: number } | undefined {
    const { shape, cells } = this;
    const holdsLevel = [...shape.spots.values()].some(({ kind, at }) => kind === 'level' && cells[at]! > 0);
    const [keepMs, expiresAtMs] = lifetimeOf(now, {
      holdsLevel,
      idleAtMs: this.idleAtMs,
      expiresAtMs: this.#packed?.expiresAtMs ?? 0,
    });
    const ledger = textOf(this.ledger, now);
    const packed = { expiresAtMs, idleAtMs: this.idleAtMs, numbers: cells, directory: shape.directory, ledger };
    const value = pack(packed, shape.tag);
    if (this.#holdsNothing(ledger) || this.#isSame(value)) return undefined;
    value.writeDoubleLE(version, 0);
    return { value, keepMs: keepMs > 0 ? keepMs + moreMs : 0 };
  }

  #holdsNothing(ledger: string): boolean {
    return this.value === undefined && ledger === '' && this.cells.every((number) => number === 0);
  }

  /** Its numbers and its ledger: how long it is kept follows from them. */
  #isSame(value: Buffer): boolean {
    return this.value !== undefined && value.subarray(HEAD_BYTES).equals(this.value.subarray(HEAD_BYTES));
  }
}

/** Lets a shape meet what a value counts. */
export function learn(shape: Shape, value: Buffer): void {
  const { directory } = unpack(value);
  if (!directory.equals(shape.directory)) shape.admit(readSpots(directory));
}

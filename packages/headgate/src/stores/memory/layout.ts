import { widthOf, type Field } from '../../core/index.ts';

/** Up to so many slots of a limit stand in the record itself; more go to a table of their own, keyed by number. */
const MAX_DENSE_SLOTS = 8;
/** The first number of a row: the instant from which it holds nothing. */
export const IDLE_AT = 0;

/** Where one limit's counters stand: slot to offset in the row. A slot that is missing stands in a table of its own. */
export interface Column {
  readonly field: Field;
  readonly width: number;
  readonly offsets: ReadonlyMap<number, number>;
}

/**
 * How the rows of one table are laid out. It only grows: programs of two policy versions may use the table side
 * by side, and counters follow their limit's identity.
 */
export interface Layout {
  readonly columns: ReadonlyMap<number, Column>;
  /** Numbers a row. */
  readonly stride: number;
}

export const EMPTY_LAYOUT: Layout = { columns: new Map(), stride: 1 };

/** The layout with room for `fields` too; the same object when there is room already. */
export function extend(layout: Layout, fields: readonly Field[]): Layout {
  const fresh = fields.filter((field) => !covers(layout.columns.get(field.limitId)?.field, field));
  if (fresh.length === 0) return layout;
  const columns = new Map(layout.columns);
  let { stride } = layout;
  for (const field of fresh) {
    const known = columns.get(field.limitId);
    const column = widen(known, field, stride);
    columns.set(field.limitId, column);
    stride += column.width * (column.offsets.size - (known?.offsets.size ?? 0));
  }
  return { columns, stride };
}

function covers(known: Field | undefined, field: Field): boolean {
  return known !== undefined && field.slots.every((slot) => known.slots.includes(slot));
}

/** Places the slots that are new from `end` on, as long as there are few of them. */
function widen(known: Column | undefined, field: Field, end: number): Column {
  const width = widthOf(field);
  const slots = [...new Set([...(known?.field.slots ?? []), ...field.slots])];
  const offsets = new Map(known?.offsets);
  for (const slot of slots.length <= MAX_DENSE_SLOTS ? slots : []) {
    if (!known?.field.slots.includes(slot)) offsets.set(slot, end + width * (offsets.size - (known?.offsets.size ?? 0)));
  }
  return { field: { ...field, slots }, width, offsets };
}

/** Copies a row from one layout to a later one. */
export function moveRow(from: Layout, source: Float64Array, at: number, to: Layout, target: Float64Array, toAt: number): void {
  target[toAt + IDLE_AT] = source[at + IDLE_AT]!;
  for (const [limitId, { width, offsets }] of from.columns) {
    for (const [slot, offset] of offsets) {
      const there = to.columns.get(limitId)!.offsets.get(slot)!;
      target.set(source.subarray(at + offset, at + offset + width), toAt + there);
    }
  }
}

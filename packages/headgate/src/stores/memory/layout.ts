import { useOf, widthOf, type Cells, type Field } from '../../core/index.ts';

/** Where a counter stands, and how many of its numbers a reset empties: the first ones. */
export interface Span {
  readonly at: number;
  readonly width: number;
  readonly use: number;
}

/**
 * How the rows of one table are laid out. It only grows: programs of two policy versions may use the table side
 * by side, and counters follow their limit's identity.
 */
export interface Layout {
  readonly fields: ReadonlyMap<number, Field>;
  /** By {@link placeName}: where a counter begins in its row, and how many numbers it takes. */
  readonly places: ReadonlyMap<string, Span>;
  /** Where levels stand: a row in which one is above 0 holds something, however long nobody comes. */
  readonly levels: readonly number[];
  /** Numbers a row. */
  readonly stride: number;
}

export const EMPTY_LAYOUT: Layout = { fields: new Map(), places: new Map(), levels: [], stride: 0 };

export function placeName(limitId: number, slot: number): string {
  return `${limitId}/${slot}`;
}

/** The layout with room for `fields` too; the same object when there is room already. */
export function extend(layout: Layout, fields: readonly Field[]): Layout {
  const known = new Map(layout.fields);
  const places = new Map(layout.places);
  const levels = [...layout.levels];
  let { stride } = layout;
  for (const field of fields) {
    const width = widthOf(field);
    known.set(field.limitId, field);
    for (const slot of field.slots) {
      const name = placeName(field.limitId, slot);
      if (places.has(name)) continue;
      places.set(name, { at: stride, width, use: useOf(field) });
      if (field.kind === 'level') levels.push(stride);
      stride += width;
    }
  }
  return stride === layout.stride ? layout : { fields: known, places, levels, stride };
}

/** Copies a row to a later layout, where everything stands that stood before. */
export function moveRow(from: Layout, source: Cells, at: number, to: Layout, target: Cells, toAt: number): void {
  for (const [name, place] of from.places) {
    target.set(source.subarray(at + place.at, at + place.at + place.width), toAt + to.places.get(name)!.at);
  }
}

/** Empties a row of all that was used, and leaves what was given. */
export function clearUse({ places }: Layout, cells: Cells, base: number): void {
  for (const { at, use } of places.values()) cells.fill(0, base + at, base + at + use);
}

import { type Check, type Field, type Kind } from '../../core/index.ts';
import { EMPTY_LAYOUT, extend, type Layout } from '../memory/index.ts';
import type { Kept } from './kept.ts';

/** Kinds that restart empty unless their limit is durable: a restart admits at most one more of them. */
const RATES: ReadonlySet<Kind> = new Set<Kind>(['fixed', 'gap', 'decay', 'sliding', 'bucket']);

/** One counter of every record of a table: what the file must say of it, and where it stands. */
export interface Place extends Pick<Field, 'limitId' | 'kind' | 'windowMs' | 'slices'> {
  readonly slot: number;
  readonly at: number;
  readonly width: number;
  readonly lasts: Lasts;
}

/** Whether a counter outlasts the process; `passing`: it is written like one that does, and begins anew with the next. */
export type Lasts = 'no' | 'yes' | 'passing';

/** The records of one partition that are in memory, all laid out alike. */
export class Table {
  readonly shape: number;
  readonly records: Map<string, Kept> = new Map();
  /** Those that keys share for which the file had no room. */
  readonly shared: Map<string, Kept> = new Map();
  layout: Layout = EMPTY_LAYOUT;
  places: readonly Place[] = [];
  /** By number of a row: 1 where it outlasts the process. */
  lasting: Uint8Array = new Uint8Array(0);
  readonly #durable: Set<number> = new Set();
  readonly #passing: Set<number> = new Set();
  /** By any program that this process knows. */
  readonly #staying: Set<number> = new Set();

  constructor(shape: number) {
    this.shape = shape;
  }

  /** Makes room for limits not seen before, and learns which of them last. */
  admit(fields: readonly Field[], checks: readonly Check[] = []): void {
    const known = this.#known;
    // What the file says of a counter of another process is that process's own.
    if (checks.length > 0)
      for (const { limitId, passing } of fields) (passing === true ? this.#passing : this.#staying).add(limitId);
    for (const field of fields) if (field.durable === true || !RATES.has(field.kind)) this.#durable.add(field.limitId);
    // What is reserved lasts; so must what it was reserved on.
    for (const { limitId, holdMs } of checks) if (holdMs > 0) this.#durable.add(limitId);
    const layout = extend(this.layout, fields);
    if (layout !== this.layout || this.#known !== known) this.#lay(layout);
  }

  /** Grows with whatever is learned of limits. */
  get #known(): number {
    return this.#durable.size + this.#passing.size + this.#staying.size;
  }

  #lastsOf(limitId: number): Lasts {
    if (!this.#durable.has(limitId)) return 'no';
    return this.#passing.has(limitId) && !this.#staying.has(limitId) ? 'passing' : 'yes';
  }

  #lay(layout: Layout): void {
    this.layout = layout;
    this.places = [...layout.places].map(([name, span]) => this.#placeOf(name, span));
    this.lasting = new Uint8Array(layout.stride);
    for (const { at, width, lasts } of this.places) if (lasts !== 'no') this.lasting.fill(1, at, at + width);
  }

  /** By its name: a field has the slots of the policy that came last, and the layout all that there ever were. */
  #placeOf(name: string, span: { readonly at: number; readonly width: number }): Place {
    const [limitId, slot] = name.split('/').map(Number) as [number, number]; // Such is a place's name.
    const { kind, windowMs, slices } = this.layout.fields.get(limitId)!; // A place is one of a field.
    return { limitId, slot, kind, windowMs, slices, ...span, lasts: this.#lastsOf(limitId) };
  }
}

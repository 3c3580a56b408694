import { FOREVER, type Cells } from '../../core/index.ts';
import type { Layout } from '../memory/index.ts';
import { bytesOf, sharedBytesOf } from './key.ts';
import { KeptLedger } from './ledger.ts';
import type { Table } from './table.ts';

/** A record in memory, and how it was before the tick that last touched it. */
export class Kept {
  readonly table: Table;
  readonly key: string;
  /** Whether many keys share it; its own is then a number. */
  readonly shared: boolean;
  /** Its number in the file; 0: it is not there. */
  id = 0;
  /** Its numbers, and behind them the same as they were before the tick. */
  cells: Cells;
  ledger: KeptLedger | undefined;
  /** Its ledger in memory was given up, and must be read again. */
  unread = false;
  /** Whether the file has all of its numbers, those too that need not outlast the process. */
  inFile = false;
  /** From when on its counters hold nothing, in monotonic ms; levels aside, which have no time. */
  idleAtMs = 0;
  /** The last tick that touched it. */
  tick = -1;
  #idleBefore = 0;
  #inFileBefore = false;
  #layout: Layout;

  constructor(table: Table, key: string, shared = false) {
    this.table = table;
    this.key = key;
    this.shared = shared;
    this.#layout = table.layout;
    this.cells = new Float64Array(2 * table.layout.stride);
  }

  /** Lays it out as its table is laid out now, where everything stands that stood before. */
  fit(): void {
    const { layout } = this.table;
    if (layout === this.#layout) return;
    const { stride } = this.#layout;
    const cells = new Float64Array(2 * layout.stride);
    cells.set(this.cells.subarray(0, stride));
    cells.set(this.cells.subarray(stride), layout.stride);
    this.cells = cells;
    this.#layout = layout;
  }

  /** Remembers how it is. */
  begin(tick: number): void {
    this.tick = tick;
    this.#idleBefore = this.idleAtMs;
    this.#inFileBefore = this.inFile;
    this.cells.copyWithin(this.stride, 0, this.stride);
  }

  /** Makes it what it was before the tick. What its ledger was stands in the file. Says how many names are not in memory any more. */
  rollBack(): number {
    this.cells.copyWithin(0, this.stride);
    this.idleAtMs = this.#idleBefore;
    this.inFile = this.#inFileBefore;
    return this.forgetLedger();
  }

  openLedger(): KeptLedger {
    return (this.ledger ??= new KeptLedger());
  }

  /** Leaves the ledger to be read again from the file. Says how many names are not in memory any more. */
  forgetLedger(): number {
    const names = this.ledger?.names ?? 0;
    this.unread = this.unread || (this.ledger !== undefined && this.id !== 0);
    this.ledger = undefined;
    return names;
  }

  /** Its key, as the file has it. */
  get bytes(): Buffer {
    return this.shared ? sharedBytesOf(this.key) : bytesOf(this.key);
  }

  /** Where it stands in memory. */
  get shelf(): Map<string, Kept> {
    return this.shared ? this.table.shared : this.table.records;
  }

  get stride(): number {
    return this.#layout.stride;
  }

  /** Looks at what the tick changed: true when any of it outlasts the process. */
  compare(): boolean {
    const { cells, stride } = this;
    const { lasting } = this.table;
    let lasts = this.ledger?.isChanged === true;
    for (let i = 0; i < stride; i++) {
      if (cells[i] === cells[stride + i]) continue;
      this.inFile = false;
      if (lasting[i] === 1) lasts = true;
    }
    return lasts;
  }

  /** Whether any of its numbers need not outlast the process. While this one lives, they count. */
  get isVolatile(): boolean {
    const { cells, stride } = this;
    const { lasting } = this.table;
    for (let i = 0; i < stride; i++) if (cells[i] !== 0 && lasting[i] === 0) return true;
    return false;
  }

  /** From when on it holds nothing, as the file says it: {@link FOREVER} while a level is held. */
  get untilMs(): number {
    // What is reserved of a level may come back: then is the time to look.
    const ends = this.ledger?.isEmpty === false;
    return this.holdsLevel && !ends ? FOREVER : Math.min(Math.ceil(this.idleAtMs), FOREVER);
  }

  get holdsLevel(): boolean {
    return this.#layout.levels.some((at) => this.cells[at]! > 0);
  }
}

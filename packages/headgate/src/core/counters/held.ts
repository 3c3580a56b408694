import type { Segment } from '../program.ts';
import { addTo, Counter, type Amendment, type Instant } from './counter.ts';

/** Concurrency and level: [held]. There is no time in it; who holds what, and until when, stands in the record's ledger. */
export class Held extends Counter {
  override get rate(): boolean {
    return false;
  }

  static widthOf(): number {
    return 1;
  }

  room(): number {
    return this.segment.burst - this.row.cells[this.row.base + this.offset]!;
  }

  charge(_t: Instant, cost: number): number {
    addTo(this.row.cells, this.row.base + this.offset, cost);
    return -1;
  }

  opensAt(_t: Instant, from: number, need: number, segment: Segment): number {
    return need <= segment.burst - this.row.cells[this.row.base + this.offset]! ? from : Infinity;
  }

  amend(_t: Instant, _past: Amendment, delta: number): number {
    return addTo(this.row.cells, this.row.base + this.offset, delta);
  }
}

/** Size: a bound on one request. It keeps nothing. */
export class Size extends Counter {
  override get rate(): boolean {
    return false;
  }

  static widthOf(): number {
    return 0;
  }

  room(): number {
    return this.segment.burst;
  }

  charge(): number {
    return -1;
  }

  opensAt(_t: Instant, from: number): number {
    return from;
  }

  amend(): number {
    return 0;
  }
}

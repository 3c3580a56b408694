import type { Segment } from '../program.ts';
import { addTo, Counter, total, type Amendment, type Instant } from './counter.ts';

const PERIOD = 1;
/** The calendar's clock may be set back: a quota is kept so much longer than its period, so that this opens nothing. In ms. */
const SET_BACK_MS = 86_400_000;

/** Quota: [count, periodAtMs]. Runs on wall time; the calendar comes in as segments. */
export class Quota extends Counter {
  static widthOf(): number {
    return 2;
  }

  room(): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    const { segment } = this;
    return cells[at + PERIOD] === segment.periodAtMs ? segment.burst - cells[at]! : this.#left(segment);
  }

  charge(t: Instant, cost: number): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    const held = this.held(this.segment);
    const used = cells[at + PERIOD] === held.periodAtMs ? cells[at]! : 0;
    cells[at] = total(used, cost);
    cells[at + PERIOD] = held.periodAtMs;
    const resetInMs = this.#endOf(held) - t.wall;
    this.hold(this.holdsFor(t, resetInMs));
    return resetInMs;
  }

  /** Until the period ends, in wall time. */
  override resetIn({ wall }: Instant): number {
    return this.#endOf(this.held(this.segment)) - wall;
  }

  /** A period may hold several amounts, one after another. */
  #endOf({ periodAtMs }: Segment): number {
    const { segments } = this.check;
    let i = segments.length - 1;
    while (i > 0 && segments[i]!.periodAtMs !== periodAtMs) i--;
    return segments[i]!.untilAtMs;
  }

  override holdsFor(_t: Instant, resetInMs: number): number {
    return resetInMs + SET_BACK_MS;
  }

  opensAt(_t: Instant, from: number, need: number, segment: Segment): number {
    return need <= this.#left(segment) ? from : Infinity;
  }

  amend(_t: Instant, { periodAtMs }: Amendment, delta: number): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    return cells[at + PERIOD] === periodAtMs ? addTo(cells, at, delta) : 0;
  }

  /**
   * The segment whose figures hold for this counter: `segment`, or, when the clock has gone back over a
   * period's start, the later period that was already charged. Staying there opens nothing.
   */
  held(segment: Segment): Segment {
    const charged = this.row.cells[this.row.base + this.offset + PERIOD]!;
    return charged <= segment.periodAtMs ? segment : this.#later(charged, segment);
  }

  #later(charged: number, segment: Segment): Segment {
    const later = this.check.segments.find((one) => one.periodAtMs === charged);
    // Further in the future than any period that is known: as if charged now.
    if (later === undefined) this.row.cells[this.row.base + this.offset + PERIOD] = segment.periodAtMs;
    return later ?? segment;
  }

  #left(segment: Segment): number {
    const { periodAtMs, burst } = this.held(segment);
    const { cells, base } = this.row;
    const at = base + this.offset;
    return cells[at + PERIOD] === periodAtMs ? burst - cells[at]! : burst;
  }
}

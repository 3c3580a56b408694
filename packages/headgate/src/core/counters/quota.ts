import type { Check, Segment } from '../program.ts';
import { addTo, Counter, total, type Amendment, type Instant, type Row } from './counter.ts';
import { Grants } from './grants.ts';

const PERIOD = 1;
/** The calendar's clock may be set back: a quota is kept so much longer than its period, so that this opens nothing. In ms. */
const SET_BACK_MS = 86_400_000;

/** Quota: [count, periodAtMs], and its grants. Runs on wall time; the calendar comes in as segments. */
export class Quota extends Counter {
  readonly grants: Grants | undefined;

  constructor(check: Check, row: Row, offset: number) {
    super(check, row, offset);
    this.grants = check.slices === 0 ? undefined : new Grants(row, offset + 2, check.slices);
    if (check.slices > 0) this.usual = false;
  }

  override get rate(): boolean {
    return false;
  }

  static widthOf(places: number): number {
    return places === 0 ? 2 : 2 + Grants.widthOf(places);
  }

  /** The period that was charged last. */
  get periodAtMs(): number {
    return this.row.cells[this.row.base + this.offset + PERIOD]!;
  }

  room({ wall }: Instant): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    const { segment } = this;
    const own = cells[at + PERIOD] === segment.periodAtMs ? segment.burst - cells[at]! : this.#left(segment);
    return this.grants === undefined ? own : withExtra(own, this.#extraAt(wall, this.held(segment).periodAtMs));
  }

  /** On top of the own of a period: what is left of grants and of what was carried, and what an earlier one left that nobody asked since. */
  #extraAt(wall: number, periodAtMs: number): number {
    const { grants } = this;
    if (grants === undefined) return 0;
    const { cells, base } = this.row;
    const charged = this.periodAtMs;
    const isEarlier = charged !== 0 && charged < periodAtMs;
    return grants.left(wall) + (isEarlier ? grants.unused(cells[base + this.offset]!, wall) : 0);
  }

  /** Grants that are left or were drawn in this period: what is told on top of the amount. */
  extra({ wall }: Instant): number {
    if (this.grants === undefined) return 0;
    const { periodAtMs } = this.held(this.segment);
    const isCharged = this.row.cells[this.row.base + this.offset + PERIOD] === periodAtMs;
    return this.#extraAt(wall, periodAtMs) + (isCharged ? this.grants.drawn : 0);
  }

  /** The amount of `segment` and what grants give on top. */
  whole(t: Instant, segment: Segment): number {
    const { burst, periodAtMs } = this.held(segment);
    if (this.grants === undefined) return burst;
    const isNow = periodAtMs === this.held(this.segment).periodAtMs;
    return burst + (isNow ? this.extra(t) : this.#extraAt(Math.max(t.wall, segment.fromAtMs), periodAtMs));
  }

  /** The most that a wait may make fit under `segment`. */
  most({ wall }: Instant, segment: Segment): number {
    if (this.grants === undefined) return segment.burst;
    // The amount in force stands for the periods to come, which may be like this one: what has ended by then is no help.
    const fromAtMs = segment.fromAtMs > wall ? segment.fromAtMs : this.#endOf(this.held(this.segment));
    return segment.burst + this.#extraAt(fromAtMs, Infinity);
  }

  charge(t: Instant, cost: number): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    const { segment } = this;
    if (this.grants !== undefined || cells[at + PERIOD] !== segment.periodAtMs) return this.#chargeAny(t, cost);
    // Mostly: one more of the period that is charged, and all its own.
    cells[at] = total(cells[at]!, cost);
    const resetInMs = this.#endOf(segment) - t.wall;
    this.hold(resetInMs + SET_BACK_MS);
    return resetInMs;
  }

  #chargeAny(t: Instant, cost: number): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    const held = this.held(this.segment);
    const isSame = cells[at + PERIOD] === held.periodAtMs;
    const used = isSame ? cells[at]! : 0;
    if (!isSame) this.#roll(t.wall);
    cells[at + PERIOD] = held.periodAtMs;
    cells[at] = total(used, this.grants === undefined ? cost : cost - this.#draw(t.wall, cost, held.burst - used));
    if (this.grants !== undefined) this.grants.own = held.burst;
    if (held.rollover !== undefined) this.grants?.willCarry(held.rollover);
    const resetInMs = this.#endOf(held) - t.wall;
    this.hold(this.holdsFor(t, resetInMs));
    return resetInMs;
  }

  /** The first charge of a period: what the one before leaves is carried on, and nothing is drawn yet. */
  #roll(wall: number): void {
    if (this.grants === undefined) return;
    const { cells, base } = this.row;
    if (this.periodAtMs !== 0) this.grants.carry(this.periodAtMs, cells[base + this.offset]!, wall);
    this.grants.drawn = 0;
  }

  /** The period's own first. Says how many units grants gave. */
  #draw(wall: number, cost: number, own: number): number {
    const grants = this.grants!; // Nobody else asks.
    const units = grants.draw(wall, Math.max(0, cost - Math.max(0, own)));
    grants.drawn += units;
    return units;
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

  override holdsFor({ wall }: Instant, resetInMs: number): number {
    const unusedMs = (this.grants?.unusedUntilMs ?? 0) - wall;
    return Math.max(resetInMs, this.grants?.holdsFor(wall) ?? 0, unusedMs) + SET_BACK_MS;
  }

  opensAt(t: Instant, from: number, need: number, segment: Segment): number {
    const extra = this.#extraAt(from - t.skewMs, this.held(segment).periodAtMs);
    return need <= withExtra(this.#left(segment), extra) ? from : Infinity;
  }

  /** What was drawn from grants goes back there, whatever the period; the rest counts as long as its period does. */
  amend(t: Instant, { periodAtMs, draws }: Amendment, delta: number): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    const counts = cells[at + PERIOD] === periodAtMs;
    const { grants } = this;
    const wall = t.now - t.skewMs;
    if (grants === undefined) return counts ? this.#told(periodAtMs, addTo(cells, at, delta)) : 0;
    if (delta > 0) return counts ? this.#add(wall, delta) : 0;
    const [given, counting] = grants.giveBack(draws ?? [], -delta, wall);
    if (counts) grants.drawn = Math.max(0, grants.drawn - given);
    return counting + (counts ? this.#told(periodAtMs, addTo(cells, at, delta + given)) : 0);
  }

  /** What comes back to a period that is over is nobody's, unless it is carried on: that nobody was charged since is no matter. */
  #told(periodAtMs: number, units: number): number {
    // Of a counter that another program charged, no segment is in force here.
    const segment = this.segment as Segment | undefined;
    if (segment === undefined || this.grants?.rolls === true) return units;
    return segment.periodAtMs > periodAtMs && segment.fromAtMs > 0 ? 0 : units;
  }

  #add(wall: number, units: number): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    const drawn = this.#draw(wall, units, this.grants!.own - cells[at]!);
    return this.#told(cells[at + PERIOD]!, addTo(cells, at, units - drawn)) - drawn;
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

/** Whoever used more than the period's own amount owes it to the period, and not to what was bought. */
function withExtra(own: number, extra: number): number {
  return extra > 0 ? Math.max(0, own) + extra : own;
}

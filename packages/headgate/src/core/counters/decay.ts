import { HeadgateError } from '../errors.ts';
import { DECAY_PARTS, FREE, type Check, type Segment } from '../program.ts';
import { Counter, total, type Amendment, type Instant, type Row } from './counter.ts';

const LAST = 1;
const SINCE = 2;

/**
 * Decay: [parts, lastMs, sinceMs]. What counts is half gone each window, so that a charge is never forgotten at once.
 *
 * It is kept in parts, {@link DECAY_PARTS} of which make a unit, as it was at the last charge; each charge rounds up to a whole part, and
 * less than a part is nothing. `sinceMs` is the first charge of those that may still count.
 */
export class Decay extends Counter {
  static widthOf(): number {
    return 3;
  }

  /** @throws HeadgateError `ERR_AMOUNT_RANGE` when parts of the amount cannot be counted exactly in 53 bits */
  constructor(check: Check, row: Row, offset: number) {
    super(check, row, offset);
    for (const { burst } of check.segments)
      if (burst !== FREE && (burst + 1) * DECAY_PARTS > Number.MAX_SAFE_INTEGER)
        throw new HeadgateError(
          'ERR_AMOUNT_RANGE',
          `expected a decay of so few units that their parts are exact, got ${burst}`,
        );
  }

  room({ now }: Instant): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    if (cells[at] === 0) return this.segment.burst;
    // What was charged by a clock that has since gone back was charged now.
    if (cells[at + LAST]! > now) {
      cells[at + LAST] = now;
      cells[at + SINCE] = Math.min(cells[at + SINCE]!, now);
    }
    return this.segment.burst - this.#units(now);
  }

  charge(t: Instant, cost: number): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    const left = this.#partsAt(t.now);
    if (left === 0) cells[at + SINCE] = t.now;
    cells[at] = total(left, cost * DECAY_PARTS);
    cells[at + LAST] = t.now;
    return this.hold(this.resetIn(t));
  }

  /** Until less than a part is left. */
  override resetIn({ now }: Instant): number {
    return Math.max(0, this.#fallsTo(0) - now);
  }

  opensAt(_t: Instant, from: number, need: number, segment: Segment): number {
    const most = (segment.burst - need) * DECAY_PARTS;
    return this.#partsAt(from) <= most ? from : this.#fallsTo(most);
  }

  /** Of a charge is left what is left of everything since. */
  amend(t: Instant, { atMs }: Amendment, delta: number): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    const sinceMs = cells[at + SINCE]!;
    // Nothing of it counts any more, or a reset has forgotten it.
    if (sinceMs === 0 || atMs < sinceMs) return 0;
    const before = this.#units(t.now);
    const parts = fallen(Math.abs(delta) * DECAY_PARTS, cells[at + LAST]! - atMs, this.check.windowMs);
    cells[at] = total(cells[at]!, delta < 0 ? -Math.floor(parts) : Math.ceil(parts));
    this.hold(this.resetIn(t));
    return before - this.#units(t.now);
  }

  #units(now: number): number {
    return Math.ceil(this.#partsAt(now) / DECAY_PARTS);
  }

  #partsAt(now: number): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    const parts = cells[at]!;
    if (parts === 0 || now <= cells[at + LAST]!) return parts;
    const left = fallen(parts, now - cells[at + LAST]!, this.check.windowMs);
    return left < 1 ? 0 : Math.ceil(left);
  }

  /** First instant from the last charge on at which no more than `most` parts are left. */
  #fallsTo(most: number): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    const parts = cells[at]!;
    if (parts <= most) return cells[at + LAST]!;
    // The logarithm is right but for its last digits: the neighbours are tried.
    const halvings = Math.log2(parts / Math.max(1, most));
    let atMs = cells[at + LAST]! + Math.max(0, Math.floor(halvings * this.check.windowMs) - 1);
    while (this.#partsAt(atMs) > most) atMs++;
    return atMs;
  }
}

/** What is left of so many parts, half of which go each window. */
function fallen(parts: number, elapsedMs: number, windowMs: number): number {
  return elapsedMs <= 0 ? parts : parts * 2 ** -(elapsedMs / windowMs);
}

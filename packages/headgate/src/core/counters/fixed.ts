import { idOf } from '../build.ts';
import type { Segment } from '../program.ts';
import { addTo, Counter, type Amendment, type Instant } from './counter.ts';

/**
 * Fixed window: [count, endAtMs].
 *
 * At most N a window, up to 2N across a boundary. A zeroed counter is one whose window ended long ago.
 */
export class Fixed extends Counter {
  static widthOf(): number {
    return 2;
  }

  room({ now }: Instant): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    const endAtMs = cells[at + 1]!;
    if (now >= endAtMs) return this.segment.burst;
    // A window that begins in the future was charged by a clock that has since gone back: as if charged now.
    if (endAtMs - now > this.check.windowMs) cells[at + 1] = now + this.check.windowMs;
    return this.segment.burst - cells[at]!;
  }

  charge({ now }: Instant, cost: number, keys: readonly string[]): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    const endAtMs = cells[at + 1]!;
    if (now >= endAtMs) return this.#begin(now, cost, keys);
    cells[at] = Math.min(cells[at]! + cost, Number.MAX_SAFE_INTEGER);
    return endAtMs - now;
  }

  override resetIn({ now }: Instant, keys: readonly string[]): number {
    const endAtMs = this.row.cells[this.row.base + this.offset + 1]!;
    if (now < endAtMs) return endAtMs - now;
    return this.check.align === 'first' ? 0 : this.#endOf(now, keys) - now;
  }

  /** What does not fit now fits when the window ends. */
  override opensIn(_t: Instant, _need: number, resetInMs: number): number {
    return resetInMs;
  }

  opensAt(_t: Instant, from: number, need: number, segment: Segment): number {
    const endAtMs = this.row.cells[this.row.base + this.offset + 1]!;
    return from >= endAtMs || need <= segment.burst - this.row.cells[this.row.base + this.offset]! ? from : endAtMs;
  }

  /** Changes the window in which the charge was made, if that is still the one that runs. */
  amend({ now }: Instant, { atMs }: Amendment, delta: number): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    const endAtMs = cells[at + 1]!;
    const isSameWindow = now < endAtMs && atMs < endAtMs && atMs >= this.beganAt(endAtMs);
    return isSameWindow ? addTo(cells, at, delta) : 0;
  }

  #begin(now: number, cost: number, keys: readonly string[]): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    cells[at] = cost;
    cells[at + 1] = this.#endOf(now, keys);
    return this.hold(cells[at + 1]! - now);
  }

  protected beganAt(endAtMs: number): number {
    return endAtMs - this.check.windowMs;
  }

  /** End of a window that holds `now`: begun by it, on the clock, or at the phase of the key. */
  #endOf(now: number, keys: readonly string[]): number {
    const { align, windowMs, record } = this.check;
    if (align === 'first') return now + windowMs;
    const phase = align === 'spread' ? idOf(keys[record]!) % windowMs : 0;
    return Math.floor((now - phase) / windowMs + 1) * windowMs + phase;
  }
}

/** Gap: [count, endAtMs, beganAtMs]. A window that every charge pushes on, so that it ends after `windowMs` without one. */
export class Gap extends Fixed {
  static override widthOf(): number {
    return 3;
  }

  override charge(t: Instant, cost: number, keys: readonly string[]): number {
    const { cells, base } = this.row;
    const endAt = base + this.offset + 1;
    if (t.now >= cells[endAt]!) cells[endAt + 1] = t.now;
    super.charge(t, cost, keys);
    cells[endAt] = t.now + this.check.windowMs;
    return this.hold(this.check.windowMs);
  }

  protected override beganAt(): number {
    return this.row.cells[this.row.base + this.offset + 2]!;
  }
}

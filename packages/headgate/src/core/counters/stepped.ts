import { FREE, type Segment } from '../program.ts';
import { Bucket, drain, LAST, SCALE } from './bucket.ts';
import { endOf, type Instant } from './counter.ts';
import { scaled } from './scaled.ts';

/** A bucket of which the amount may change with time: the parts are recounted at each change, rounding up. */
export class Stepped extends Bucket {
  protected override readonly steadyScale: number =
    this.check.segments.length === 1 && this.check.scaledBy === 0 ? this.segment.scale : NaN;

  protected override resetOver(t: Instant): number {
    const { segments } = this.check;
    let fullAtMs = t.now;
    for (const segment of segments) {
      const endsAtMs = endOf(segment, t.skewMs);
      if (endsAtMs <= t.now) continue;
      const from = Math.max(t.now, segment.fromAtMs + t.skewMs);
      const deficit = this.deficit(t, from, segment);
      fullAtMs = from + (deficit && Math.ceil(deficit / segment.refill));
      if (fullAtMs <= endsAtMs) break;
    }
    return fullAtMs === Infinity ? -1 : fullAtMs - t.now;
  }

  /** The same, through every segment between the last charge and now. */
  protected override deficitOver({ skewMs }: Instant, now: number, segment: Segment): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    let deficit = cells[at]!;
    let since = cells[at + LAST]!;
    let scale = cells[at + SCALE]!;
    let { figure } = this;
    for (const passed of this.check.segments) {
      const endsAtMs = passed === segment ? now : endOf(passed, skewMs);
      if (endsAtMs <= since && passed !== segment) continue;
      // The same part of another whole, where that is what is kept.
      if (figure > 0 && passed.burst > 0 && passed.burst < FREE)
        [deficit, figure] = [scaled(deficit, figure, passed.burst), passed.burst];
      deficit = drain(scaled(deficit, scale, passed.scale), Math.max(0, endsAtMs - since), passed.refill);
      since = endsAtMs;
      scale = passed.scale;
      if (passed === segment) break;
    }
    return deficit;
  }
}

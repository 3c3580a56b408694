import { Counter, type Instant } from './counter.ts';

const STEP = 1;
const LENGTH = 2;

/**
 * Block: [untilMs, step of escalation, length in ms]. Set by another check's denial; refuses everything, free requests
 * too, until it ends by itself.
 */
export class Block extends Counter {
  static widthOf(): number {
    return 3;
  }

  /** A clock that went back lengthens a block by its own length at most. */
  room({ now }: Instant): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    if (now >= cells[at]!) return Number.MAX_SAFE_INTEGER;
    cells[at] = Math.min(cells[at]!, now + cells[at + LENGTH]!);
    return -1;
  }

  charge(): number {
    return -1;
  }

  /** Until it is forgotten. */
  override holdsFor({ now }: Instant): number {
    return this.row.cells[this.row.base + this.offset]! + this.check.forgetMs - now;
  }

  opensAt(_t: Instant, from: number): number {
    return Math.max(from, this.row.cells[this.row.base + this.offset]!);
  }

  amend(): number {
    return 0;
  }

  /** Begins a block: the next longer one when the last ended less than `forgetMs` ago; of `waitMs` where no length is stated. */
  begin({ now }: Instant, waitMs: number): void {
    const { cells, base } = this.row;
    const at = base + this.offset;
    const { blockMs, forgetMs } = this.check;
    const recurs = cells[at]! > 0 && now - cells[at]! < forgetMs;
    const step = recurs ? Math.max(0, Math.min(cells[at + STEP]! + 1, blockMs.length - 1)) : 0;
    cells[at + STEP] = step;
    cells[at + LENGTH] = blockMs[step] ?? waitMs;
    this.extend(now);
  }

  /** Begins the length of the one that runs anew. */
  extend(now: number): void {
    const { cells, base } = this.row;
    const at = base + this.offset;
    cells[at] = now + cells[at + LENGTH]!;
  }
}

import { Counter, type Instant } from './counter.ts';

const STEP = 1;

/**
 * Block: [untilMs, step of escalation]. Set by another check's denial; refuses everything, free requests
 * too, until it ends by itself.
 */
export class Block extends Counter {
  static widthOf(): number {
    return 2;
  }

  /** A clock that went back lengthens a block by its own length at most. */
  room({ now }: Instant): number {
    const { cells, base } = this.row;
    const at = base + this.offset;
    if (now >= cells[at]!) return Number.MAX_SAFE_INTEGER;
    cells[at] = Math.min(cells[at]!, now + (this.check.blockMs[cells[at + STEP]!] ?? Infinity));
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

  /** Begins a block: the next longer one when the last ended less than `forgetMs` ago. */
  begin({ now }: Instant): void {
    const { cells, base } = this.row;
    const at = base + this.offset;
    const { check } = this;
    const recurs = cells[at]! > 0 && now - cells[at]! < check.forgetMs;
    const step = recurs ? Math.min(cells[at + STEP]! + 1, check.blockMs.length - 1) : 0;
    cells[at] = now + (check.blockMs[step] ?? 0);
    cells[at + STEP] = step;
  }
}

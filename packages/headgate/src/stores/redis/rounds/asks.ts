import type { Awaited } from './awaited.ts';

/** Whatever it is answered with. */
type Any = Pick<Awaited<never>, 'isOver' | 'endsAtMs' | 'fail' | 'failLate'>;

/** Of what is over, so many may stay in the list, or as many as are under way. */
const FEW = 256;

/** Everything that is under way, each with its deadline. One timer looks after all. */
export class Asks {
  /** In the order in which they came; what is over leaves with others of its sort. */
  #all: Any[] = [];
  readonly #nowMs: () => number;
  #timer: NodeJS.Timeout | undefined;
  #wakesAtMs = Infinity;
  /** How many are under way. */
  size = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  add(ask: Any): void {
    // With nobody to look after, the timer keeps no process alive.
    if (this.size === 0) this.#timer?.ref();
    if (this.#all.length > 2 * this.size + FEW) this.#all = this.#all.filter(({ isOver }) => !isOver);
    this.#all.push(ask);
    this.size++;
    if (ask.endsAtMs < this.#wakesAtMs) this.#wakeAt(ask.endsAtMs);
  }

  /** Told of an ask that is over. */
  remove(): void {
    if (--this.size > 0) return;
    this.#all = [];
    this.#timer?.unref();
  }

  failAll(fault: unknown): void {
    for (const ask of this.#all) ask.fail(fault);
    clearTimeout(this.#timer);
    this.#wakesAtMs = Infinity;
  }

  #wakeAt(atMs: number): void {
    clearTimeout(this.#timer);
    this.#wakesAtMs = atMs;
    this.#timer = setTimeout(() => this.#wake(), Math.max(1, Math.ceil(atMs - this.#nowMs())));
  }

  #wake(): void {
    const now = this.#nowMs();
    let next = Infinity;
    for (const ask of this.#all) {
      if (ask.isOver) continue;
      if (ask.endsAtMs <= now) ask.failLate();
      else next = Math.min(next, ask.endsAtMs);
    }
    this.#wakesAtMs = Infinity;
    if (next < Infinity) this.#wakeAt(next);
  }
}

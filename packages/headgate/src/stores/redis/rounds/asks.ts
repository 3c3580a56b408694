import type { Ask } from './ask.ts';

/** Everything that is under way, each with its deadline. One timer looks after all. */
export class Asks {
  readonly #all: Set<Ask> = new Set();
  readonly #nowMs: () => number;
  #timer: NodeJS.Timeout | undefined;
  #wakesAtMs = Infinity;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  get size(): number {
    return this.#all.size;
  }

  add(ask: Ask): void {
    // With nobody to look after, the timer keeps no process alive.
    if (this.#all.size === 0) this.#timer?.ref();
    this.#all.add(ask);
    if (ask.endsAtMs < this.#wakesAtMs) this.#wakeAt(ask.endsAtMs);
  }

  remove(ask: Ask): void {
    this.#all.delete(ask);
    if (this.#all.size === 0) this.#timer?.unref();
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
      if (ask.endsAtMs <= now) ask.failLate();
      else next = Math.min(next, ask.endsAtMs);
    }
    this.#wakesAtMs = Infinity;
    if (next < Infinity) this.#wakeAt(next);
  }
}

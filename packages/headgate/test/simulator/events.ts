/** One thing that is to happen, and when. */
interface Event {
  readonly atMs: number;
  /** What was planned first happens first, of what happens at the same instant. */
  readonly order: number;
  readonly act: () => void;
}

/** More planned at once than any run plans: a run that plans more goes wrong. */
const MOST = 100_000;

/** More that happens at one instant than anything makes happen: what goes round and round is found by it, and not by a clock. */
const MOST_AT_ONCE = 10_000;

/** What is to happen, in the order of its time: a binary heap. Nothing happens but what stands here. */
export class Events {
  nowMs = 0;
  readonly #heap: Event[] = [];
  #order = 0;
  /** What has happened at this instant. */
  #atOnce = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** Plans it, `afterMs` from now. */
  in(afterMs: number, act: () => void): void {
    if (this.#heap.length >= MOST) throw new Error(`more than ${MOST} events are planned`);
    this.#heap.push({ atMs: this.nowMs + afterMs, order: this.#order++, act });
    this.#rise(this.#heap.length - 1);
  }

  /** Lets the next thing happen. False when there is none. */
  next(): boolean {
    const first = this.#heap[0];
    if (first === undefined) return false;
    const last = this.#heap.pop()!;
    if (this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#sink();
    }
    this.#atOnce = first.atMs === this.nowMs ? this.#atOnce + 1 : 0;
    if (this.#atOnce >= MOST_AT_ONCE) throw new Error(`${MOST_AT_ONCE} things happen at one instant, and more to come`);
    this.nowMs = first.atMs;
    first.act();
    return true;
  }

  #rise(from: number): void {
    const heap = this.#heap;
    for (let at = from; at > 0;) {
      const above = (at - 1) >> 1;
      if (!isBefore(heap[at]!, heap[above]!)) return;
      [heap[at], heap[above]] = [heap[above]!, heap[at]!];
      at = above;
    }
  }

  #sink(): void {
    const heap = this.#heap;
    for (let at = 0; ;) {
      let least = at;
      for (const below of [2 * at + 1, 2 * at + 2])
        if (below < heap.length && isBefore(heap[below]!, heap[least]!)) least = below;
      if (least === at) return;
      [heap[at], heap[least]] = [heap[least]!, heap[at]!];
      at = least;
    }
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

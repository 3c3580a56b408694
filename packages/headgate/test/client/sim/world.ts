import type { Timer } from '../../../src/client/index.ts';

interface Event {
  readonly atMs: number;
  readonly order: number;
  call: (() => void) | undefined;
}

/** Turns of the real loop in which nothing happens before it is taken for a dead end. */
const MAX_IDLE = 2000;

/** Simulated time: what is to happen, in order. Nothing waits; the clock jumps from one event to the next. */
export class World {
  nowMs: number;
  /** Events so far: a bound, and a figure that two runs can be compared by. */
  steps = 0;
  readonly #heap: Event[] = [];
  #order = 0;

  constructor(startMs: number) {
    this.nowMs = startMs;
  }

  readonly timer: Timer = { nowMs: () => this.nowMs, after: (ms, call) => this.after(ms, call) };

  after(ms: number, call: () => void): () => void {
    if (ms === Infinity) return () => {};
    const event: Event = { atMs: this.nowMs + Math.max(0, ms), order: this.#order++, call };
    this.#push(event);
    return () => (event.call = undefined);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Lets things happen until `work` is done; throws if nothing is left that could get it done. */
  async run<T>(work: Promise<T>, maxSteps = 2_000_000): Promise<T> {
    const state = { done: false };
    const watched = work.finally(() => (state.done = true));
    watched.catch(() => {});
    for (let idle = 0; !state.done;) {
      await settled();
      const event = state.done ? undefined : this.#pop();
      // A blob is read on a thread, which takes turns that no event stands for.
      if (state.done) break;
      if (event === undefined && idle++ > MAX_IDLE) throw new Error(`stuck at ${this.nowMs} after ${this.steps}`);
      if (event === undefined) continue;
      if (this.steps++ > maxSteps) throw new Error(`no end in sight at ${this.nowMs} after ${this.steps}`);
      idle = 0;
      this.nowMs = event.atMs;
      event.call?.();
    }
    return watched;
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let i = heap.push(event) - 1;
    for (let up = (i - 1) >> 1; i > 0 && before(event, heap[up]); i = up, up = (i - 1) >> 1)
      [heap[i], heap[up]] = [heap[up]!, event];
  }

  /** The next that was not called off. */
  #pop(): Event | undefined {
    const heap = this.#heap;
    for (;;) {
      const [first] = heap;
      const last = heap.pop();
      if (first === undefined || last === undefined) return undefined;
      if (heap.length > 0) this.#sink(last);
      if (first.call !== undefined) return first;
    }
  }

  #sink(event: Event): void {
    const heap = this.#heap;
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      const least = before(heap[left + 1], heap[left]) ? left + 1 : left;
      if (!before(heap[least], event)) break;
      heap[i] = heap[least]!;
      i = least;
    }
    heap[i] = event;
  }
}

const before = (a: Event | undefined, b: Event | undefined): boolean =>
  a !== undefined && b !== undefined && (a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order));

/** All promises that can go on have gone on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What waits: higher priorities first, then whoever came first. */
export interface Waiting {
  readonly priority: number;
  readonly order: number;
}

/** A line of those who need the same limits, so that none can pass another. */
export class Line<Waiter extends Waiting> {
  readonly #waiters: Waiter[] = [];

  get first(): Waiter | undefined {
    return this.#waiters[0];
  }

  add(waiter: Waiter): void {
    const waiters = this.#waiters;
    let i = waiters.length;
    while (i > 0 && isBefore(waiter, waiters[i - 1])) i--;
    waiters.splice(i, 0, waiter);
  }

  remove(waiter: Waiter): void {
    const i = this.#waiters.indexOf(waiter);
    if (i >= 0) this.#waiters.splice(i, 1);
  }

  /** What all that stand before a newcomer of this priority cost together. */
  ahead(priority: number, costOf: (waiter: Waiter) => number): number {
    let sum = 0;
    for (const waiter of this.#waiters) if (waiter.priority >= priority) sum += costOf(waiter);
    return sum;
  }
}

export const isBefore = (a: Waiting, b: Waiting | undefined): boolean =>
  b !== undefined && (a.priority > b.priority || (a.priority === b.priority && a.order < b.order));

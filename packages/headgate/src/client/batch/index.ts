import { platformTimer } from '../fetch/timer.ts';
import type { Timer } from '../model/pacer.ts';

export interface BatchOptions<Item, Result> {
  /**
   * Makes one request of many items, and gives their results in the same order. An `Error` in a place is that item's alone; what it
   * throws is everybody's.
   */
  readonly send: (items: readonly Item[]) => Promise<readonly (Result | Error)[]>;
  /** Most items of one request, as the API's page says. */
  readonly most: number;
  /** How long the first item waits for others, ms. Default 10. */
  readonly windowMs?: number;
  /** Items of equal text are sent once, and share a result. Default: each is its own. */
  readonly same?: (item: Item) => string;
  readonly timer?: Timer;
}

interface Entry<Item, Result> {
  readonly item: Item;
  readonly result: Promise<Result>;
  readonly settle: (result: Result | Error) => void;
}

/** Folds single calls into requests to a batch endpoint, which count as one: a call waits a moment for others to come along. */
export function createBatch<Item, Result>(options: BatchOptions<Item, Result>): (item: Item) => Promise<Result> {
  const { send, most, windowMs = 10, same, timer = platformTimer } = options;
  if (!Number.isSafeInteger(most) || most < 1)
    throw new TypeError(`batch.most: expected a whole number above 0, got ${most}`);
  let waiting = new Map<unknown, Entry<Item, Result>>();
  let cancel = (): void => {};

  /** As many as there are items, whatever `send` does. */
  async function resultsOf(items: readonly Item[]): Promise<readonly (Result | Error)[]> {
    try {
      const results = await send(items);
      const missing = new Error(`expected ${items.length} results, got ${results.length}`);
      return items.map((_, i) => (i in results ? (results[i] as Result | Error) : missing)); // an undefined is one, too
    } catch (error) {
      const failure = error instanceof Error ? error : new Error('the batch failed', { cause: error });
      return items.map(() => failure);
    }
  }

  async function flush(): Promise<void> {
    cancel();
    const entries = [...waiting.values()];
    waiting = new Map();
    const results = await resultsOf(entries.map(({ item }) => item));
    entries.forEach(({ settle }, i) => settle(results[i] as Result | Error)); // there are as many
  }

  return (item) => {
    const key = same === undefined ? {} : same(item);
    const known = waiting.get(key);
    if (known !== undefined) return known.result;
    const entry = entryOf<Item, Result>(item);
    waiting.set(key, entry);
    if (waiting.size >= most) void flush();
    else if (waiting.size === 1) cancel = timer.after(windowMs, () => void flush());
    return entry.result;
  };
}

function entryOf<Item, Result>(item: Item): Entry<Item, Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const settle = (result: Result | Error): void => {
    if (result instanceof Error) reject(result);
    else resolve(result);
  };
  return { item, result: promise, settle };
}

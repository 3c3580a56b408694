import type { Outcome, Step } from '../core/index.ts';

/**
 * What a store says, now or later. One that answers at once must cost no promise, no turn of the loop and no closure: whatever is on
 * every request's way looks itself which of the two it has, and leaves the rest of its work to a function; whatever is not says {@link upon}.
 */
export type Soon<T> = T | Promise<T>;

/** Goes on with an answer when it is there. */
export function upon<T, U>(soon: Soon<T>, go: (value: T) => Soon<U>): Soon<U> {
  return soon instanceof Promise ? soon.then(go) : go(soon);
}

/** All the answers, in their order. */
export function all<T>(soons: readonly Soon<T>[]): Soon<readonly T[]> {
  // With no promise among them they are what they are.
  return soons.some((one) => one instanceof Promise) ? Promise.all(soons) : (soons as readonly T[]);
}

/** Does a last thing when an answer is there, or has failed to come. */
export function lastly<T>(work: () => Soon<T>, last: () => void): Soon<T> {
  let soon: Soon<T> | undefined;
  try {
    soon = work();
    return soon instanceof Promise ? soon.finally(last) : soon;
  } finally {
    if (!(soon instanceof Promise)) last();
  }
}

/** What the http layer asks. Steps are carried out in the order in which they are asked for. */
export interface Port {
  /** @throws or rejects with the store's faults; nothing was changed then */
  apply(step: Step): Soon<Outcome>;
}

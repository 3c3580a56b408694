/** What a store says, now or later. With one that answers at once nothing is promised, anywhere. */
export type Soon<T> = T | Promise<T>;

/** What is asked of a gate: there at once, or promised. */
export type Answer<T, Later extends boolean> = Later extends true ? Promise<T> : T;

/** Goes on with an answer when it is there. */
export function upon<T, U>(soon: Soon<T>, go: (value: T) => U): Soon<U> {
  return soon instanceof Promise ? soon.then(go) : go(soon);
}

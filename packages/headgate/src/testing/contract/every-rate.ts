import type { LimitSpec } from './ask.ts';

/** The window of every rate, in ms. */
export const WINDOW_MS = 1000;

/** One limit of every algorithm, for claims that hold of each. */
export const EVERY_RATE: readonly LimitSpec[] = [
  { kind: 'fixed', windowMs: WINDOW_MS },
  { kind: 'gap', windowMs: WINDOW_MS },
  { kind: 'decay', windowMs: WINDOW_MS },
  { kind: 'sliding', windowMs: WINDOW_MS, slices: 10 },
  { kind: 'bucket', windowMs: WINDOW_MS },
];

/** Of 40 units, how many still count two windows later. */
export function leftOf40({ kind }: LimitSpec): number {
  return kind === 'decay' ? 10 : 0;
}

import { FOREVER, segmentOf, type Program } from '../../src/core/index.ts';
import { programOf } from '../../src/testing/index.ts';

export const WINDOW_MS = 600_000;
/** The amount of each. */
export const N = 200;

const quota = [segmentOf({ kind: 'quota', amount: N, fromAtMs: 0, untilAtMs: FOREVER, periodAtMs: 1 })];

/** One of each kind that keeps state, which gives nothing back while a test runs. */
export const LASTING: Readonly<Record<string, Program>> = {
  fixed: programOf({ kind: 'fixed', amount: N, windowMs: WINDOW_MS, limitId: 11 }),
  sliding: programOf({ kind: 'sliding', amount: N, windowMs: WINDOW_MS, limitId: 12 }),
  bucket: programOf({ kind: 'bucket', amount: N, windowMs: 1000 * WINDOW_MS, limitId: 13 }),
  gap: programOf({ kind: 'gap', amount: N, windowMs: WINDOW_MS, limitId: 14 }),
  quota: programOf({ kind: 'quota', segments: quota, limitId: 15 }),
  concurrency: programOf({ kind: 'concurrency', amount: N, holdMs: WINDOW_MS, limitId: 16 }),
  level: programOf({ kind: 'level', amount: N, limitId: 17 }),
  block: programOf(
    { kind: 'fixed', amount: N, windowMs: WINDOW_MS, limitId: 18 },
    { kind: 'block', amount: 1, blockMs: [WINDOW_MS], trigger: 0, limitId: 19 },
  ),
};

import { FOREVER, segmentOf, type Program } from '../../src/core/index.ts';
import { programOf } from '../../src/testing/index.ts';

/** The amount of each. */
export const N = 2000;
const HOUR_MS = 3_600_000;

const quota = [segmentOf({ kind: 'quota', amount: N, fromAtMs: 0, untilAtMs: FOREVER, periodAtMs: 1 })];

/** One of each kind that can be leased, which gives nothing back while a test runs. */
export const LIMITS: Readonly<Record<string, Program>> = {
  fixed: programOf({ kind: 'fixed', amount: N, windowMs: HOUR_MS, limitId: 11 }),
  sliding: programOf({ kind: 'sliding', amount: N, windowMs: HOUR_MS, limitId: 12 }),
  bucket: programOf({ kind: 'bucket', amount: N, windowMs: 10_000 * HOUR_MS, limitId: 13 }),
  quota: programOf({ kind: 'quota', segments: quota, limitId: 14 }),
};

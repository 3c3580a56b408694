import { HeadgateError } from './errors.ts';

/** @throws HeadgateError `ERR_CLOCK` when a clock's reading is no whole number of ms: nothing could be counted by it, nor told. */
export function requireTime(clock: 'monotonicMs' | 'wallMs', ms: number): void {
  if (!Number.isSafeInteger(ms)) throw new HeadgateError('ERR_CLOCK', `${clock}: expected whole ms, got ${ms}`);
}

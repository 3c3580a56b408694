import { dateOf, durationOf, numberOf } from './instant.ts';
import type { RateLimitHint } from './told.ts';

/** By what instants are read: two clocks, and what is known beforehand. */
export interface Clocks {
  readonly nowMs: number;
  /** Turns an instant of the server's clock into one of ours. */
  readonly ours: (serverAtMs: number) => number;
  readonly note: (ambiguity: string) => void;
  readonly hint: RateLimitHint;
}

/*
 * A bare number is an epoch if it is large: seconds since 1979 are past 3e8, and no window lasts nine years. Milliseconds
 * since 1973 are past 1e11, which as seconds would be the year 5138.
 */
const EPOCH_S = 3e8;
const EPOCH_MS = 1e11;
/** A longer delta may as well be milliseconds: a day. */
const DOUBTFUL_S = 86_400;

/**
 * The instant that a reset or a wait means, by our clock; undefined for what cannot be read. `ms`: its field's name says so. `delta`: it
 * is a wait, however large.
 */
export function whenOf(
  text: string,
  clocks: Clocks,
  ms: boolean,
  delta: boolean,
  windowMs?: number,
): number | undefined {
  const value = numberOf(text);
  if (value !== undefined) return value < 0 ? undefined : ofNumber(value, clocks, ms, delta, windowMs);
  const duration = durationOf(text);
  if (duration !== undefined) return clocks.nowMs + duration;
  const [atMs, zoned] = dateOf(text) ?? [];
  if (atMs === undefined) return undefined;
  if (!zoned) clocks.note(`${text} is read as UTC`);
  return clocks.ours(atMs);
}

function ofNumber(value: number, clocks: Clocks, ms: boolean, delta: boolean, windowMs?: number): number {
  if (delta) return clocks.nowMs + Math.ceil(ms ? value : value * 1000);
  const meant = clocks.hint.reset ?? guess(value, clocks, ms, windowMs);
  const span = Math.ceil(meant.endsWith('Ms') ? value : value * 1000);
  return meant.startsWith('e') ? clocks.ours(span) : clocks.nowMs + span;
}

function guess(value: number, clocks: Clocks, ms: boolean, windowMs?: number): NonNullable<RateLimitHint['reset']> {
  if (value >= EPOCH_MS) return 'epochMs';
  if (ms) return 'deltaMs';
  if (value >= EPOCH_S) return 'epoch';
  // A reset that lies further ahead than the window lasts was never meant in seconds.
  if (windowMs !== undefined && value >= 1000 && value * 1000 > 10 * windowMs && value <= windowMs) return 'deltaMs';
  if (windowMs === undefined && value > DOUBTFUL_S) clocks.note(`${value} is read as seconds`);
  return 'delta';
}

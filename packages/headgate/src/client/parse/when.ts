import { DOUBTFUL_S, EPOCH_MS, EPOCH_S } from '../figures.ts';
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

import { parseDuration } from '../../core/index.ts';

export interface SpanRule {
  readonly leastMs: number;
  readonly mostMs: number;
  /** As it would be written: `5m`. */
  readonly most: string;
}

/** Reads `30s`, `0s` as ms; text that says why when it cannot. */
export function readSpan(text: string, { leastMs, mostMs, most }: SpanRule): number | string {
  const ms = /^0+\s*(?:ms|s|m|h)$/.test(text.trim()) ? 0 : parseDuration(text);
  if (ms === undefined) return 'expected a duration such as "10s"';
  if (ms < leastMs) return `expected at least ${leastMs} ms`;
  return ms > mostMs ? `expected at most ${most}` : ms;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
/** A timer cannot wait longer. */
const MAX_MS = 2 ** 31 - 1;

/** Reads `250ms`, `10s`, `2m` as milliseconds; undefined for anything else. */
export function readMs(text: string): number | undefined {
  const match = /^(\d{1,10})(ms|s|m|h)$/.exec(text);
  const ms = Number(match?.[1]) * (UNITS[match?.[2] ?? ''] ?? Number.NaN);
  return ms <= MAX_MS ? ms : undefined;
}

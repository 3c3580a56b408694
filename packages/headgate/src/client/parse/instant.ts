/** A number as fields write them; undefined for anything else, and for what no counter reaches. */
export function numberOf(text: string): number | undefined {
  if (!/^-?\d{1,20}(\.\d+)?$/.test(text)) return undefined;
  return Number(text);
}

const UNIT_MS: Readonly<Record<string, number>> = {
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `6m0s`, `12ms`, `1h2m3.5s`: Go's durations, which OpenAI and Groq write; in ms, rounded up. */
export function durationOf(text: string): number | undefined {
  if (!/^(\d{1,12}(\.\d+)?(µs|ms|s|m|h|d)){1,6}$/.test(text)) return undefined;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/([\d.]+)([a-zµ]+)/g)) ms += Number(count) * (UNIT_MS[unit ?? ''] ?? 0);
  // What is not a binary fraction must not become a millisecond more.
  return Math.ceil(ms - 1e-6);
}

/** The instant of a date in ms since the epoch, and whether it names its zone; without one it is read as UTC. */
export function dateOf(text: string): readonly [atMs: number, zoned: boolean] | undefined {
  // RFC 3339 and its relatives: no seconds (Jira), a space for the T, `+0000`, no zone at all.
  const rfc3339 = /^(\d{4}-\d\d-\d\d)[t ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(z|utc|gmt|([+-]\d\d):?(\d\d))?$/i;
  const [iso, day, time, zone, hours, minutes] = rfc3339.exec(text) ?? [];
  // RFC 9110 5.6.7: IMF-fixdate, RFC 850, and asctime, which names no zone and means GMT.
  if (iso === undefined && !/^[a-z]{3,9},? .*\d\d:\d\d/i.test(text)) return undefined;
  const offset = hours === undefined ? 'Z' : `${hours}:${minutes}`;
  const gmt = / (gmt|utc|[+-]\d{4})/i.test(text) ? text : `${text} GMT`;
  const atMs = Date.parse(iso === undefined ? gmt : `${day}T${time}${offset}`);
  return Number.isNaN(atMs) ? undefined : [atMs, iso === undefined || zone !== undefined];
}

/** The latest of instants, if there is one. */
export const most = (all: readonly number[]): number | undefined => (all.length > 0 ? Math.max(...all) : undefined);

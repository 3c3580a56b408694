const WRITTEN = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,3}))?([Zz]|[+-]\d\d:\d\d))?$/;

/** Reads RFC 3339 (`2026-01-31T12:00:00Z`), or a date, which is midnight UTC; undefined when it is neither. */
export function readInstant(text: string): number | undefined {
  const match = WRITTEN.exec(text.trim());
  if (match === null) return undefined;
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', fraction = '0', zone = 'Z'] =
    match;
  const atMs = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    Number(fraction.padEnd(3, '0')),
  );
  const written = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  // Date.UTC carries 30 February over to March; what comes back must be what was written.
  if (!Number.isFinite(atMs) || !new Date(atMs).toISOString().startsWith(written)) return undefined;
  const offset = offsetMs(zone);
  return offset === undefined ? undefined : atMs - offset;
}

function offsetMs(zone: string): number | undefined {
  if (zone.toUpperCase() === 'Z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(4, 6))];
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

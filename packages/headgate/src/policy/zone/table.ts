import { Temporal } from 'temporal-polyfill';
import type { ZoneTable } from '../../profile/index.ts';

const FROM = Temporal.Instant.from('2000-01-01T00:00:00Z');
const UNTIL = Temporal.Instant.from('2101-01-01T00:00:00Z');
/** A zone that changed its mind every day for a century would still end here. */
const MAX_TRANSITIONS = 40_000;

/**
 * The changes of a zone's offset from 2000 to 2101, as the time-zone database of this machine has them; undefined
 * when there is no such zone. The first entry is what holds at the beginning of 2000.
 */
export function zoneTable(name: string): ZoneTable | undefined {
  const first = zonedAt(name);
  if (first === undefined) return undefined;
  let at: Temporal.ZonedDateTime | null = first;
  const atMs: number[] = [];
  const offsetMs: number[] = [];
  while (at !== null && Temporal.Instant.compare(at.toInstant(), UNTIL) < 0 && atMs.length < MAX_TRANSITIONS) {
    const offset = Math.round(at.offsetNanoseconds / 1e6);
    // Some transitions change the name of the time and not the time.
    if (offset !== offsetMs.at(-1)) {
      atMs.push(at.epochMilliseconds);
      offsetMs.push(offset);
    }
    at = at.getTimeZoneTransition('next');
  }
  return { atMs, offsetMs };
}

/** Only names are zones here: an offset such as +05:30 follows no law and changes on no day. */
function zonedAt(name: string): Temporal.ZonedDateTime | undefined {
  if (!/^[A-Za-z]/.test(name)) return undefined;
  try {
    return FROM.toZonedDateTimeISO(name);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

import type { ZoneTable } from '../compiled.ts';
import { firstDayOf } from './date.ts';

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;
const FROM_MS = firstDayOf(2000, 0) * DAY_MS;
const UNTIL_MS = firstDayOf(2101, 0) * DAY_MS;
/** No zone changes and changes back within a week. */
const STEP_MS = 7 * DAY_MS;
const FIELDS: Intl.DateTimeFormatOptions = {
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
};

/** By the name that the platform gives a zone, so that there are no more of them than there are zones, whatever is asked for. */
const TABLES: Map<string, ZoneTable> = new Map();

/**
 * The changes of a zone's offset from 2000 to 2101, as the time-zone database of this machine has them; undefined
 * when there is no such zone. The first entry is what holds at the beginning of 2000.
 */
export function zoneTable(name: string): ZoneTable | undefined {
  const format = formatOf(name);
  if (format === undefined) return undefined;
  const { timeZone } = format.resolvedOptions();
  let table = TABLES.get(timeZone);
  if (table === undefined) TABLES.set(timeZone, (table = changesOf((atMs) => offsetAt(format, atMs))));
  return table;
}

/** Only names are zones here: an offset such as +05:30 follows no law and changes on no day. */
function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  if (!/^[A-Za-z]/.test(timeZone)) return undefined;
  try {
    return new Intl.DateTimeFormat('en-US', { ...FIELDS, timeZone });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** What a clock on the wall there shows, less what one in UTC does. */
function offsetAt(format: Intl.DateTimeFormat, atMs: number): number {
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = (
    format.format(atMs).match(/\d+/g) ?? []
  ).map(Number);
  const seconds = (hour * 60 + minute) * 60 + second;
  return (firstDayOf(year, month - 1) + day - 1) * DAY_MS + seconds * SECOND_MS - atMs;
}

function changesOf(offset: (atMs: number) => number): ZoneTable {
  const atMs = [FROM_MS];
  const offsetMs = [offset(FROM_MS)];
  for (let weekMs = FROM_MS; weekMs < UNTIL_MS; weekMs += STEP_MS) {
    const before = offsetMs.at(-1);
    const untilMs = Math.min(weekMs + STEP_MS, UNTIL_MS - SECOND_MS);
    const after = offset(untilMs);
    if (after === before) continue;
    atMs.push(firstAfter((ms) => offset(ms) !== before, weekMs, untilMs));
    offsetMs.push(after);
  }
  return { atMs, offsetMs };
}

/** The first second from which on it holds: not at `lowMs`, and at `highMs`. */
function firstAfter(holds: (atMs: number) => boolean, lowMs: number, highMs: number): number {
  if (highMs - lowMs <= SECOND_MS) return highMs;
  const middleMs = lowMs + Math.floor((highMs - lowMs) / SECOND_MS / 2) * SECOND_MS;
  return holds(middleMs) ? firstAfter(holds, lowMs, middleMs) : firstAfter(holds, middleMs, highMs);
}

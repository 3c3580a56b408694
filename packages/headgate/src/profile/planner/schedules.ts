import type { CompiledPolicy, Schedule, ZoneTable } from '../compiled.ts';
import { openingAt, type Opening } from '../calendar/index.ts';
import { evaluate } from '../expression/index.ts';
import type { OpeningOf } from './asking.ts';

/** Openings remembered of one schedule in one zone; a full list is emptied. */
const MAX_REMEMBERED = 256;

/** Finds how schedules stand. A zone that cannot be told is that of a name nobody knows. */
export function openingsOf({ schedules = {} }: CompiledPolicy, zoneOf: (name: unknown) => ZoneTable): OpeningOf {
  const remembered = new Map<string, WeakMap<ZoneTable, Opening[]>>();

  function known(name: string, zone: ZoneTable): Opening[] {
    const zones = remembered.get(name) ?? new WeakMap<ZoneTable, Opening[]>();
    remembered.set(name, zones);
    const openings = zones.get(zone) ?? [];
    zones.set(zone, openings);
    return openings;
  }

  function find(name: string, schedule: Schedule, zone: ZoneTable, atMs: number): Opening {
    const openings = known(name, zone);
    let opening = openings.find(({ fromAtMs, untilAtMs }) => fromAtMs <= atMs && atMs < untilAtMs);
    if (opening !== undefined) return opening;
    if (openings.length >= MAX_REMEMBERED) openings.length = 0;
    opening = openingAt(schedule, zone, atMs);
    openings.push(opening);
    return opening;
  }

  return (name, scope, atMs) => {
    const schedule = Object.hasOwn(schedules, name) ? schedules[name] : undefined;
    if (schedule === undefined) return undefined;
    const zone = typeof schedule.zone === 'string' ? schedule.zone : evaluate(schedule.zone, scope);
    return find(name, schedule, zoneOf(zone), atMs);
  };
}

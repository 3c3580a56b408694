import type { CalendarSpec, CompiledPolicy, ZoneTable } from '../compiled.ts';
import { UTC, zoneTable, type Calendar } from '../calendar/index.ts';
import type { OpeningOf } from './asking.ts';
import { openingsOf } from './schedules.ts';
import { evaluate, type Scope } from '../expression/index.ts';
import { PlanFault } from '../faults.ts';

/** Names remembered, known or not: subjects may bring any. */
const MAX_ZONES = 1000;

/** Where the tables of zones come from that the policy does not name. */
export type ZoneSource = (name: string) => ZoneTable | undefined;

export interface Calendars {
  calendarOf(spec: CalendarSpec, scope: () => Scope): Calendar;
  readonly openingOf: OpeningOf;
}

/**
 * Finds calendars. A zone that the policy names is in the policy; one that a subject brings is asked of `source`.
 * A subject whose zone nobody knows keeps UTC, and `unknown` is told once: a wrong entry in somebody's profile is
 * no reason to refuse them.
 * @throws PlanFault `ERR_PLAN_ZONE` when the policy itself names a zone that it does not carry
 */
export function calendarsOf(
  policy: CompiledPolicy,
  source: ZoneSource | undefined,
  unknown: ((fault: PlanFault) => void) | undefined,
): Calendars {
  const tableOf = source ?? zoneTable;
  const found = new Map<string, ZoneTable>(Object.entries(policy.zones));
  for (const { calendar, name, kind } of policy.limits)
    if (kind === 'quota' && typeof calendar.zone === 'string') requireZone(calendar.zone, `limits.${name}.calendar`);
  for (const [name, { zone }] of Object.entries(policy.schedules ?? {}))
    if (typeof zone === 'string') requireZone(zone, `schedules.${name}`);

  function requireZone(zone: string, place: string): void {
    if (zone !== 'UTC' && !found.has(zone) && tableOf(zone) === undefined) {
      throw new PlanFault(
        'ERR_PLAN_ZONE',
        500,
        `${place}.zone: no table for "${zone}"; compile the policy again, or pass zoneTable`,
      );
    }
  }

  function zoneOf(name: unknown): ZoneTable {
    if (typeof name !== 'string' || name === 'UTC') return UTC;
    let table = found.get(name);
    if (table !== undefined) return table;
    table = tableOf(name);
    if (table === undefined)
      unknown?.(
        new PlanFault(
          'ERR_PLAN_ZONE',
          500,
          `a subject's zone is "${name.slice(0, 64)}", which is not known; it counts in UTC`,
        ),
      );
    if (found.size < MAX_ZONES) found.set(name, table ?? UTC);
    return table ?? UTC;
  }

  function calendarOf({ zone, anchor, week }: CalendarSpec, scope: () => Scope): Calendar {
    const day = typeof anchor === 'number' ? anchor : evaluate(anchor, scope());
    return { zone: zoneOf(typeof zone === 'string' ? zone : evaluate(zone, scope())), anchor: anchorOf(day), week };
  }

  return { calendarOf, openingOf: openingsOf(policy, zoneOf) };
}

/** Months of a subject whose day is no day of a month begin on the first. */
function anchorOf(day: unknown): number {
  return typeof day === 'number' && Number.isInteger(day) && day >= 1 && day <= 31 ? day : 1;
}

import { zoneTable, type CalendarSpec } from '../../profile/index.ts';
import { nearest } from '../nearest.ts';
import type { Path } from '../problem.ts';
import type { CalendarInput } from '../schema/limits.ts';
import type { Context } from './context.ts';

/** Days in UTC, months from the first, weeks from Monday. */
export const DEFAULT_CALENDAR: CalendarSpec = { zone: 'UTC', anchor: 1, week: 'monday' };

/** Zones begin with a capital letter or have a slash, attributes do not: that tells a name from an expression. */
const LIKE_A_ZONE = /^[A-Z]|^\w+\/|^[+-]\d/;

export function compileCalendar(
  context: Context,
  given: CalendarInput | undefined,
  otherwise: CalendarSpec,
  path: Path,
): CalendarSpec {
  if (given === undefined) return otherwise;
  return {
    zone: given.zone === undefined ? otherwise.zone : compileZone(context, given.zone, [...path, 'zone']),
    anchor: given.anchor === undefined ? otherwise.anchor : compileAnchor(context, given.anchor, [...path, 'anchor']),
    week: given.week ?? otherwise.week,
  };
}

export function compileZone(context: Context, zone: string, path: Path): CalendarSpec['zone'] {
  if (!LIKE_A_ZONE.test(zone)) return context.expression(zone, path, { expect: 'string' });
  if (zoneTable(zone) === undefined) {
    const near = nearest(zone, Intl.supportedValuesOf('timeZone'));
    const rule = `there is no time zone of this name${near === undefined ? '' : ` (did you mean "${near}"?)`}; expected an IANA name such as Europe/Berlin`;
    context.problems.error('ERR_POLICY_ZONE', path, rule);
  }
  return zone;
}

function compileAnchor(context: Context, anchor: string | number, path: Path): CalendarSpec['anchor'] {
  if (typeof anchor === 'number') return anchor;
  if (!/^\s*\d+\s*$/.test(anchor)) return context.expression(anchor, path, { expect: 'number' });
  const day = Number(anchor);
  if (day < 1 || day > 31) context.problems.error('ERR_POLICY_RANGE', path, 'expected a day of the month, 1 to 31');
  return day;
}

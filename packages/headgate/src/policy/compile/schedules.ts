import { openingAt, UTC, type CalendarSpec, type CompiledPolicy, type Schedule } from '../../profile/index.ts';
import { FOREVER } from '../../core/index.ts';
import type { Path } from '../problem.ts';
import { readInstant } from '../read/instant.ts';
import { readOpening } from '../read/opening.ts';
import type { PolicyInput } from '../schema/policy.ts';
import type { ScheduleInput } from '../schema/schedules.ts';
import { compileZone } from './calendar.ts';
import type { Context } from './context.ts';
import { listOf } from './lists.ts';

const DAY_MS = 86_400_000;
/** Any instant will do to find out whether something repeats for ever. */
const SOME_MS = Date.UTC(2030, 5, 15);

/** Compiles when things are open. */
export function compileSchedules(
  context: Context,
  given: PolicyInput['schedules'],
  calendar: CalendarSpec,
): CompiledPolicy['schedules'] {
  if (given === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(given).map(([name, one]) => [name, compileSchedule(context, one, calendar, ['schedules', name])]),
  );
}

function compileSchedule(context: Context, given: ScheduleInput, calendar: CalendarSpec, path: Path): Schedule {
  const schedule: Schedule = {
    zone: given.zone === undefined ? calendar.zone : compileZone(context, given.zone, [...path, 'zone']),
    spans: compileSpans(context, given, [...path, 'spans']),
    except: compileExcept(context, given, [...path, 'except']),
  };
  const { isOpen, untilAtMs } = openingAt(schedule, UTC, SOME_MS);
  const isAlways = isOpen && untilAtMs === FOREVER;
  if (isAlways)
    context.problems.error('ERR_POLICY_NEVER', [...path, 'spans'], 'is always open: it would never change anything', {
      value: null,
    });
  return schedule;
}

function compileSpans(context: Context, { spans }: ScheduleInput, path: Path): Schedule['spans'] {
  return listOf<string>(spans, path).flatMap(({ item, path: at }) => {
    const span = readOpening(item);
    return typeof span === 'string' ? (context.problems.error('ERR_POLICY_SPAN', at, span) ?? []) : [span];
  });
}

function compileExcept(context: Context, { except }: ScheduleInput, path: Path): Schedule['except'] {
  return listOf<string>(except, path).flatMap(({ item, path: at }) => {
    const dayMs = /^\d{4}-\d\d-\d\d$/.test(item.trim()) ? readInstant(item) : undefined;
    if (dayMs !== undefined) return [dayMs / DAY_MS];
    return context.problems.error('ERR_POLICY_INSTANT', at, 'expected a date, such as 2026-12-24') ?? [];
  });
}

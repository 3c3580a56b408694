import type { HeaderBlock, PlannedLimit } from '../../profile/index.ts';
import { tightestLimit } from './report.ts';
import type { Told } from './told.ts';

type Limits = Told['limits'];

/** Indexes of the limits that an `of` means, in the order it names them; those that do not apply here are left out. */
export type Spoken = (told: Told) => readonly number[];

/** Compiles an `of`. What names mean is the same for all requests of a profile: that of the last one is remembered. */
export function compileSpoken(of: HeaderBlock['of']): Spoken {
  if (typeof of === 'string') return (told) => spokenOf(of, told);
  let limits: Limits | undefined;
  let indexes: readonly number[] = [];
  return (told) => {
    if (told.limits !== limits) {
      limits = told.limits;
      indexes = named(of, limits);
    }
    return indexes;
  };
}

/** The same, once. */
export function spokenOf(of: HeaderBlock['of'], told: Told): readonly number[] {
  if (typeof of !== 'string') return named(of, told.limits);
  const { limits, reported } = told;
  const one = of === 'binding' && isTold(limits[reported]) ? reported : tightest(told);
  return one < 0 ? [] : [one];
}

function named(of: readonly string[], limits: Limits): readonly number[] {
  const indexes: number[] = [];
  for (const name of of) {
    for (let i = 0; i < limits.length; i++) {
      if (!isTold(limits[i])) continue;
      if (limits[i]?.name === name || isWindowOf(limits[i]?.name, name)) indexes.push(i);
    }
  }
  return indexes;
}

/** A limit with several windows is compiled as `NAME.1s`, `NAME.2m`; its own name means all of them. */
function isWindowOf(name: string | undefined, of: string): boolean {
  return name !== undefined && name.length > of.length && name.charCodeAt(of.length) === 0x2e && name.startsWith(of);
}

/** Whether figures of a limit may stand in a header or a body of the API's. */
function isTold(limit: PlannedLimit | undefined): boolean {
  return limit !== undefined && limit.published.is !== 'hidden' && limit.published.is !== 'words';
}

function tightest(told: Told): number {
  return told.outcome === undefined ? -1 : tightestLimit(told.outcome, told.limits, told.costs);
}

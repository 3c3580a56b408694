import type { HeaderBlock } from '../../profile/index.ts';
import { tightestLimit } from './report.ts';
import type { Told } from './told.ts';

/** Indexes of the limits that an `of` means, in the order it names them; those that do not apply here are left out. */
export function spokenOf(of: HeaderBlock['of'], told: Told): readonly number[] {
  if (typeof of === 'string') {
    const one = of === 'binding' && told.reported >= 0 ? told.reported : tightest(told);
    return one < 0 ? [] : [one];
  }
  const indexes: number[] = [];
  for (const name of of) {
    for (let i = 0; i < told.limits.length; i++) {
      if (told.limits[i]?.name === name || isWindowOf(told.limits[i]?.name, name)) indexes.push(i);
    }
  }
  return indexes;
}

/** A limit with several windows is compiled as `NAME.1s`, `NAME.2m`; its own name means all of them. */
function isWindowOf(name: string | undefined, of: string): boolean {
  return name !== undefined && name.length > of.length && name.charCodeAt(of.length) === 0x2e && name.startsWith(of);
}

function tightest(told: Told): number {
  return told.outcome === undefined ? -1 : tightestLimit(told.outcome, told.limits, told.costs);
}

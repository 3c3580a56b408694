import type { PlannedLimit } from '../../profile/index.ts';
import { seconds } from './format.ts';
import { integer, parameter, sfString } from './structured.ts';
import type { Told } from './told.ts';

/** The limits of these indexes. */
export function plannedOf({ limits }: Told, of: readonly number[]): readonly PlannedLimit[] {
  return of.flatMap((i) => limits[i] ?? []);
}

/** Whole seconds, above 0 (draft-11 3.1.3). A calendar period is no number of seconds, and a size has no time in it. */
function windowOf({ windowMs }: PlannedLimit): number | undefined {
  return windowMs > 0 ? seconds(windowMs) : undefined;
}

/** Texts of what is the same for every request of a profile. */
function remembered(write: (limit: PlannedLimit) => string): (limit: PlannedLimit) => string {
  const texts = new WeakMap<PlannedLimit, string>();
  return (limit) => {
    let text = texts.get(limit);
    if (text === undefined) texts.set(limit, (text = write(limit)));
    return text;
  };
}

/** A limit's name as an item (draft-11 3.1, 4.1). */
export const nameItem: (limit: PlannedLimit) => string = remembered(({ name, told = name }) => sfString(told));

/** `120;w=60`: a quota policy up to draft-07, where `w` is owed (draft-07 2.1); empty for a limit that has no window. */
const quotaPolicy = remembered((limit) => {
  const window = windowOf(limit);
  return window === undefined ? '' : integer(limit.shown) + parameter('w', window);
});

/** The policies of a list up to draft-07; empty when none has a window. */
export function quotaPolicies(limits: readonly PlannedLimit[]): string {
  let list = '';
  for (const limit of limits) {
    const policy = quotaPolicy(limit);
    if (policy !== '') list += list === '' ? policy : `, ${policy}`;
  }
  return list;
}

/**
 * No two policies of one list may have the same units (draft-06 3.2, draft-07 3.5). Of those that do, the longest window stays: it
 * allows the least.
 */
export function withoutEqualUnits(limits: readonly PlannedLimit[]): readonly PlannedLimit[] {
  if (limits.length < 2) return limits;
  return limits.filter(
    (limit, i) =>
      !limits.some(
        (other, j) =>
          other.shown === limit.shown &&
          (other.windowMs > limit.windowMs || (other.windowMs === limit.windowMs && j < i)),
      ),
  );
}

/** Units that the registry of the draft knows (draft-11 3.1.2), by what we call them. `requests` need not be told. */
const UNITS: ReadonlyMap<string, string> = new Map([
  ['requests', ''],
  ['bytes', parameter('qu', 'content-bytes')],
]);

/**
 * `"burst";q=100;w=60`: a quota policy item (draft-11 3.1). Units that the registry does not know stand in a parameter of our
 * own, which receivers take for a comment.
 */
export const policyItem: (limit: PlannedLimit) => string = remembered((limit) => {
  const { shown, unit } = limit;
  const window = windowOf(limit);
  return (
    nameItem(limit) +
    parameter('q', shown) +
    (UNITS.get(unit) ?? parameter('headgate-unit', unit)) +
    (window === undefined ? '' : parameter('w', window))
  );
});

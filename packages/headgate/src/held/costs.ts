import { HeadgateError, type Check } from '../core/index.ts';
import { costsOf, isMap, type Compiled, type Costs } from '../gate/index.ts';
import type { SettledCosts } from './reservation.ts';

/** What a decision costs each limit: as `costsOf` says, but a permit is one, whatever is said of all, unless it is named. */
export function costsFor(compiled: Compiled, cost: Costs = 1): readonly number[] {
  const costs = costsOf(compiled, cost);
  const names = isMap(cost) ? cost : {};
  return costs.map((units, i) => (isPermit(compiled, i) && !Object.hasOwn(names, nameOf(compiled, i)) ? 1 : units));
}

/** Whether what it costs is to be held: then it needs an id. */
export function reserves({ program }: Compiled, costs: readonly number[]): boolean {
  return program.checks.some(({ holdMs }, i) => holdMs > 0 && costs[i] !== 0);
}

/**
 * What a settlement keeps of each limit: what is said of all, or by name, else what was reserved.
 * @throws HeadgateError `ERR_COST` where a name is of no limit that counts what it holds, or nothing is said and nobody knows.
 */
export function settledOf(
  compiled: Compiled,
  costs: SettledCosts | undefined,
  reserved: readonly number[] | undefined,
): readonly number[] {
  const named = costs !== undefined && isMap(costs) ? costs : undefined;
  if (named !== undefined) requireHeld(compiled, named);
  return compiled.program.checks.map((check, i) => {
    if (!countsHeld(check)) return 0;
    const name = nameOf(compiled, i);
    if (costs !== undefined && named === undefined) return costs as number; // What is no number either, the engine refuses.
    if (named !== undefined && Object.hasOwn(named, name)) return named[name]!;
    if (reserved !== undefined) return reserved[i]!;
    throw new HeadgateError(
      'ERR_COST',
      `cost.${name}: expected the units used: by its id alone nobody knows what was reserved`,
    );
  });
}

/** What is left of each limit when nobody comes: what its limit loses. */
export function lossesOf({ program }: Compiled, reserved: readonly number[]): readonly number[] {
  return program.checks.map((check, i) => (countsHeld(check) && check.lost === 'keep' ? reserved[i]! : 0));
}

/** @throws HeadgateError `ERR_COST`, `ERR_VERB` */
export function correctionsOf(compiled: Compiled, by: Readonly<Record<string, number | undefined>>): readonly number[] {
  const costs = costsOf(compiled, by);
  compiled.program.checks.forEach(({ kind }, i) => {
    if (costs[i] === 0 || kind === 'level' || kind === 'quota') return;
    throw new HeadgateError('ERR_VERB', `adjust: ${nameOf(compiled, i)}: expected a level or a quota, got a ${kind}`);
  });
  return costs;
}

/** @throws HeadgateError `ERR_COST`, `ERR_VERB` */
export function grantedBy(compiled: Compiled, units: Readonly<Record<string, number | undefined>>): readonly number[] {
  const costs = costsOf(compiled, units);
  compiled.program.checks.forEach(({ kind, slices }, i) => {
    if (costs[i] === 0 || (kind === 'quota' && slices > 0)) return;
    throw new HeadgateError('ERR_VERB', `grant: ${nameOf(compiled, i)}: expected a quota with grants: true`);
  });
  return costs;
}

function requireHeld(compiled: Compiled, costs: Readonly<Record<string, number>>): void {
  const held = compiled.limits.filter((_, i) => countsHeld(compiled.program.checks[i]!)).map(({ name }) => name);
  for (const name in costs)
    if (!held.includes(name))
      throw new HeadgateError(
        'ERR_COST',
        `cost.${name}: expected a limit with hold: ${held.join(', ') || 'there is none'}`,
      );
}

/** A permit is held, but there is nothing to count: it only comes back. */
function countsHeld({ holdMs, kind }: Check): boolean {
  return holdMs > 0 && kind !== 'concurrency';
}

function isPermit({ program }: Compiled, i: number): boolean {
  return program.checks[i]!.kind === 'concurrency';
}

function nameOf({ limits }: Compiled, i: number): string {
  return limits[i]!.name;
}

import { HeadgateError, MAX_GRANTS, type Check } from '../core/index.ts';
import { costsOf, isMap, type Compiled, type Costs } from '../gate/index.ts';
import type { SettledCosts } from './reservation.ts';

/** What a decision costs each limit: as `costsOf` says, but a permit is one, whatever is said of all, unless it is named. */
export function costsFor(compiled: Compiled, cost: Costs = 1): readonly number[] {
  const { checks } = compiled.program;
  const isNamed = isMap(cost);
  const others = isNamed ? 0 : (cost as number); // What is no number either, the engine refuses.
  const costs = new Array<number>(checks.length);
  for (let i = 0; i < costs.length; i++) costs[i] = checks[i]!.kind === 'concurrency' ? 1 : others;
  return isNamed ? withNamed(compiled, cost, costs) : costs;
}

/** Puts in what is said by name. */
function withNamed(compiled: Compiled, cost: Readonly<Record<string, number>>, costs: number[]): readonly number[] {
  for (const name in cost) {
    const i = indexOf(compiled, name);
    // It says which names there are.
    if (i < 0) return costsOf(compiled, cost);
    costs[i] = cost[name]!;
  }
  return costs;
}

/** Whether what it costs is to be held: then it needs an id. */
export function reserves({ program }: Compiled, costs: readonly number[]): boolean {
  const { checks } = program;
  for (let i = 0; i < checks.length; i++) if (checks[i]!.holdMs > 0 && costs[i] !== 0) return true;
  return false;
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
  // What was reserved is what it cost: of what only comes back, or is not held, nothing is read.
  if (costs === undefined && reserved !== undefined) return reserved;
  const named = costs !== undefined && isMap(costs) ? costs : undefined;
  for (const name in named) requireHeld(compiled, name);
  const { limits, program } = compiled;
  const settled = new Array<number>(limits.length);
  for (let i = 0; i < settled.length; i++)
    settled[i] = countsHeld(program.checks[i]!) ? usedOf(limits[i]!.name, costs, named, reserved?.[i]) : 0;
  return settled;
}

function usedOf(
  name: string,
  costs: SettledCosts | undefined,
  named: Readonly<Record<string, number>> | undefined,
  reserved: number | undefined,
): number {
  if (named !== undefined && Object.hasOwn(named, name)) return named[name]!;
  if (costs !== undefined && named === undefined) return costs as number; // What is no number either, the engine refuses.
  if (reserved !== undefined) return reserved;
  throw new HeadgateError(
    'ERR_COST',
    `cost.${name}: expected the units used: by its id alone nobody knows what was reserved`,
  );
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
    if (costs[i] === 0 || (kind === 'quota' && slices > 0 && slices <= 2 * MAX_GRANTS)) return;
    throw new HeadgateError('ERR_VERB', `grant: ${nameOf(compiled, i)}: expected a quota with grants: true`);
  });
  return costs;
}

function requireHeld(compiled: Compiled, name: string): void {
  const i = indexOf(compiled, name);
  if (i >= 0 && countsHeld(compiled.program.checks[i]!)) return;
  const held = compiled.limits.filter((_, at) => countsHeld(compiled.program.checks[at]!)).map((limit) => limit.name);
  throw new HeadgateError(
    'ERR_COST',
    `cost.${name}: expected a limit with hold: ${held.join(', ') || 'there is none'}`,
  );
}

/** A permit is held, but there is nothing to count: it only comes back. */
function countsHeld({ holdMs, kind }: Check): boolean {
  return holdMs > 0 && kind !== 'concurrency';
}

/** Limits are few: to look is as fast as to know. */
function indexOf({ limits }: Compiled, name: string): number {
  for (let i = 0; i < limits.length; i++) if (limits[i]!.name === name) return i;
  return -1;
}

function nameOf({ limits }: Compiled, i: number): string {
  return limits[i]!.name;
}

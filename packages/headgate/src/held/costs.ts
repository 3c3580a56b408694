import { HeadgateError, MAX_GRANTS, type Check } from '../core/index.ts';
import { costsOf, type Compiled, type Costs } from '../gate/index.ts';
import type { SettledCosts } from './reservation.ts';

/** JavaScript may pass anything: what names nothing is not one of these, and is refused. */
type NamedCosts = Readonly<Record<string, number>>;

/** What a decision costs each limit: as `costsOf` says, but a permit is one, whatever is said of all, unless it is named. */
export function costsFor(compiled: Compiled, cost: Costs = 1): readonly number[] {
  const { checks } = compiled.program;
  const costs = new Array<number>(checks.length);
  const others = typeof cost === 'number' ? cost : 0;
  for (let i = 0; i < costs.length; i++) costs[i] = checks[i]!.kind === 'concurrency' ? 1 : others;
  const isTold = typeof cost === 'number' ? isUnits(cost) : putNamed(compiled, cost as NamedCosts, costs);
  // It says what is wrong with a name, and what is no cost at all the engine refuses, of permits too.
  return isTold ? costs : costsOf(compiled, cost);
}

function isUnits(cost: number): boolean {
  return Number.isSafeInteger(cost) && cost >= 0;
}

/** Puts in what is said by name; false where nothing is, or a name is no limit's. */
function putNamed(compiled: Compiled, named: NamedCosts, costs: number[]): boolean {
  let isAny = false;
  for (const name in named) {
    const i = indexOf(compiled, name);
    if (i < 0) return false;
    costs[i] = named[name]!;
    isAny = true;
  }
  return isAny;
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
  const { checks } = compiled.program;
  const settled = new Array<number | undefined>(checks.length);
  const ofAll = typeof costs === 'object' ? undefined : costs;
  for (let i = 0; i < settled.length; i++) settled[i] = countsHeld(checks[i]!) ? (ofAll ?? reserved?.[i]) : 0;
  if (typeof costs === 'object') putHeld(compiled, costs, settled);
  else if (costs !== undefined && !isUnits(costs)) settled.fill(costs); // of permits alone it would not be read
  if (reserved === undefined) requireKnown(compiled, settled);
  return settled as number[]; // What is not known is thrown, and what is no number the engine refuses.
}

/** Puts in what is said by name. */
function putHeld(compiled: Compiled, named: Exclude<SettledCosts, number>, settled: (number | undefined)[]): void {
  let isAny = false;
  for (const name in named) {
    settled[requireHeld(compiled, name)] = named[name];
    isAny = true;
  }
  // What names none could be anything: it must not be free, and the engine tells what it is.
  if (!isAny) settled.fill(named as unknown as number);
}

function requireKnown({ limits }: Compiled, settled: readonly (number | undefined)[]): void {
  const i = settled.indexOf(undefined);
  if (i < 0) return;
  throw new HeadgateError(
    'ERR_COST',
    `cost.${limits[i]!.name}: expected the units used: by its id alone nobody knows what was reserved`,
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

function requireHeld(compiled: Compiled, name: string): number {
  const i = indexOf(compiled, name);
  if (i >= 0 && countsHeld(compiled.program.checks[i]!)) return i;
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

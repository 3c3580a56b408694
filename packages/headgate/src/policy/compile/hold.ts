import type { Hold, LimitKind, Value } from '../../profile/index.ts';
import { parseDuration } from '../../core/index.ts';
import type { Path } from '../problem.ts';
import { readSpan } from '../read/span.ts';
import type { HoldInput } from '../schema/hold.ts';
import type { LimitInput } from '../schema/limits.ts';
import { afterwards } from './afterwards.ts';
import type { Context } from './context.ts';
import type { Costs } from './cost.ts';
import { compileEnds, endsWithConnection } from './ends.ts';
import { compileFigure } from './figure.ts';

/** How long what an exchange holds lasts when the program that holds it dies. In ms. */
const DEFAULT_LEASE: Value = { is: 'literal', value: 600_000 };
/** As a figure of ms; what may be written is `1s` to `8760h`. */
const LEAST_LEASE_MS = 1000;
const MOST_LEASE_MS = 8760 * 3_600_000;
/** Where nobody says: the lease of what ends with its exchange tells nothing of when that is. */
const DEFAULT_HINT_MS = 1000;
const HINT = { leastMs: 1, mostMs: 3_600_000, most: '1h' };

/** What a hold is compiled from, beside its own words. */
export interface Held {
  readonly kind: LimitKind;
  readonly costs: Costs;
  readonly precision: number;
  readonly meter: string | undefined;
  /** Operations that the limit applies to; undefined: all. */
  readonly operations: readonly string[] | undefined;
}

/** Compiles how what a limit charges comes back; undefined where it is charged for good. */
export function compileHold(context: Context, given: LimitInput, held: Held, path: Path): Hold | undefined {
  if (held.kind === 'size') return undefined;
  const counts = countsOf(context, given, held, [...path, 'count']);
  const { settled } = held.costs;
  const isHeld = held.kind === 'concurrency' || held.kind === 'level';
  if (!isHeld && counts === undefined && settled === undefined) {
    if (given.hold !== undefined)
      say(context, [...path, 'hold'], 'belongs to a concurrency, a level, or a cost that is settled later');
    return undefined;
  }
  checkSettled(context, given, held, path);
  return {
    ...settled,
    ...(counts !== undefined && { counts }),
    ...(held.meter !== undefined && { meter: held.meter }),
    ...(held.kind === 'level' && settled?.lost === undefined && given.hold?.lease !== undefined && { lost: ZERO }),
    ...compileWords(context, given, held, isHeld, [...path, 'hold']),
  };
}

const ZERO: Value = { is: 'literal', value: 0 };

function countsOf(context: Context, { count, cost }: LimitInput, { kind }: Held, path: Path): Hold['counts'] {
  if (typeof count !== 'string' || count === 'admitted' || count === 'attempts') return undefined;
  if (kind === 'concurrency' || kind === 'level') say(context, path, 'an expression belongs to a rate or a quota');
  else if (typeof cost === 'object' && Object.hasOwn(cost, 'reserve'))
    say(context, path, 'a cost that is settled later says itself what counts; keep one');
  return afterwards(context, count, path, { expect: 'bool' });
}

function checkSettled(context: Context, { count }: LimitInput, { kind, costs: { settled } }: Held, path: Path): void {
  if (settled === undefined) return;
  if (kind === 'concurrency') say(context, [...path, 'cost'], 'a permit comes back whole: it is settled to nothing');
  if (count === 'attempts') say(context, [...path, 'count'], 'attempts are charged for good: nothing is settled later');
}

function compileWords(
  context: Context,
  { cost, hold: given = {} }: LimitInput,
  held: Held,
  isHeld: boolean,
  path: Path,
): Omit<Hold, 'any' | 'actual' | 'counts' | 'lost' | 'meter'> {
  const hint = given.hint === undefined ? undefined : readSpan(given.hint, HINT);
  if (typeof hint === 'string') context.problems.error('ERR_POLICY_RANGE', [...path, 'hint'], hint);
  for (const word of ['id', 'until', 'hint', 'after'] as const)
    if (given[word] !== undefined && !isHeld) say(context, [...path, word], 'belongs to a concurrency or a level');
  checkWays(context, given, held, path);
  const untilClosed = endsWithConnection(given);
  const after = given.after === undefined ? undefined : readAfter(context, given, held, [...path, 'after']);
  const isForGood = held.kind === 'level' && given.id !== undefined && given.lease === undefined && !untilClosed;
  return {
    lease: given.lease === undefined ? DEFAULT_LEASE : compileLease(context, given.lease, [...path, 'lease']),
    ...(typeof hint === 'number' && { hintMs: hint }),
    ...(hint === undefined && held.kind === 'concurrency' && given.id === undefined && { hintMs: DEFAULT_HINT_MS }),
    ...(given.id !== undefined && { id: afterwards(context, given.id, [...path, 'id']) }),
    ...(after !== undefined && { after: { ms: after, cost: held.costs.charged.value } }),
    ...(held.kind === 'level' && isOfBytes(cost) && { ofBytes: true }),
    ...(isForGood && { stays: true }),
    ...(untilClosed && { untilClosed: true }),
    ends: compileEnds(context, given, held, [...path, 'until']),
  };
}

/** `request.bytes`, and what a query or a field says of them. */
function isOfBytes(cost: LimitInput['cost']): boolean {
  return typeof cost === 'string' && /bytes/i.test(cost);
}

/** What is held beyond its exchange needs a name, a way to end, and, where it is a permit, a lease. */
function checkWays(context: Context, given: HoldInput, { kind }: Held, path: Path): void {
  if (given.id === undefined) return;
  if (given.until === undefined)
    missing(context, path, 'expected "until": what has an id is held until something ends it');
  if (kind === 'concurrency' && given.lease === undefined && !endsWithConnection(given))
    missing(context, path, 'expected "lease": a job that nobody ends must come back by itself');
}

/** What counts later must come back later still, and is not known to cost something else by then. */
function readAfter(context: Context, given: HoldInput, held: Held, path: Path): number | undefined {
  const ms = readSpan(given.after ?? '', { leastMs: LEAST_LEASE_MS, mostMs: MOST_LEASE_MS, most: '8760h' });
  if (typeof ms === 'string') {
    context.problems.error('ERR_POLICY_RANGE', path, ms);
    return undefined;
  }
  const lease = typeof given.lease === 'string' && given.id !== undefined ? given.lease : '';
  const leaseMs = parseDuration(lease);
  const untilClosed = endsWithConnection(given);
  if (held.costs.settled !== undefined) say(context, path, 'a cost that is settled later counts from the beginning');
  else if (held.kind === 'level' && !untilClosed && (given.id === undefined || given.lease === undefined))
    say(context, path, 'belongs to what comes back by itself: give the level an "id" and a "lease"');
  else if (leaseMs !== undefined && leaseMs <= ms && !untilClosed)
    context.problems.error('ERR_POLICY_NEVER', path, `never counts: its lease ends after ${lease}`);
  return ms;
}

function compileLease(context: Context, given: NonNullable<HoldInput['lease']>, path: Path): Value {
  const { value, literals } = compileFigure(context, given, 'count', path);
  for (const leaf of literals) {
    if (leaf.unit !== 'ms') context.problems.error('ERR_POLICY_TYPE', leaf.path, 'expected a duration such as "10m"');
    else if (leaf.units < LEAST_LEASE_MS || leaf.units > MOST_LEASE_MS)
      context.problems.error('ERR_POLICY_RANGE', leaf.path, 'expected a duration from 1s to 8760h');
  }
  return value;
}

function missing(context: Context, path: Path, rule: string): void {
  context.problems.error('ERR_POLICY_MISSING', path, rule, { value: null, onName: true });
}

function say(context: Context, path: Path, rule: string): void {
  context.problems.error('ERR_POLICY_WORD', path, rule, { value: null, onName: true });
}

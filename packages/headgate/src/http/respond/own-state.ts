import type { Ask, CompiledPolicy, OperationHit, SurveyAsk } from '../../profile/index.ts';
import { isUntold, type Standing } from '../decide.ts';
import { all, upon, type Soon } from '../soon.ts';
import { iso, seconds } from './format.ts';
import { instantOf, remainingOf, resetInMsOf, usedOf, type Told } from './told.ts';

/** Kinds of operations that one answer looks at; limits that only others have are not shown. */
const MAX_KINDS = 100;
/** Rows of one answer. */
const MAX_ROWS = 1000;

/** One counter that could meet a caller, as it stands. Times are in seconds, `resetAt` is RFC 3339. */
export interface OwnLimit {
  readonly name: string;
  readonly label: string;
  readonly kind: string;
  readonly unit: string;
  /** Absent where `words` stand for figures. */
  readonly limit?: number;
  /** How the figures are meant; absent: as they are. */
  readonly published?: 'approximate' | 'at-least';
  readonly words?: string;
  readonly used?: number;
  readonly remaining?: number;
  readonly resetAt?: string;
  readonly resetIn?: number;
  readonly window?: number;
  readonly period?: string;
  /** Operations it is for; absent: all. */
  readonly operations?: readonly string[];
  readonly overridden?: true;
}

export interface OwnStateOptions {
  readonly policy: CompiledPolicy;
  readonly look: (ask: SurveyAsk) => Soon<Standing>;
  readonly tell: (ask: SurveyAsk, standing: Standing) => Told;
}

/** Operations that the same limits are for, in the same way. */
interface Kind {
  readonly hit: OperationHit;
  readonly names: readonly string[];
}

interface Found {
  readonly row: OwnLimit;
  readonly order: number;
  readonly operations: string[];
}

/** Compiles what a caller is told of its own limits: every counter that could meet it, whatever it asks. Undefined when nobody can tell. */
export function createOwnState(options: OwnStateOptions): (ask: Ask) => Soon<readonly OwnLimit[] | undefined> {
  const kinds = kindsOf(options.policy);
  const most = options.policy.operations.length;

  function rowsOf(asks: readonly SurveyAsk[], standings: readonly Standing[]): readonly OwnLimit[] {
    const found = new Map<string, Found>();
    for (const [i, ask] of asks.entries()) {
      const standing = standings[i];
      if (standing !== undefined) collect(found, standing, options.tell(ask, standing), kinds[i]?.names ?? []);
    }
    const inOrder = [...found.values()].toSorted((a, b) => a.order - b.order).slice(0, MAX_ROWS);
    return inOrder.map(({ row, operations }) => (operations.length === most ? row : { ...row, operations }));
  }

  return ({ subject, nowMs }) => {
    const asks = kinds.map(({ hit }) => ({ subject, operation: hit, nowMs }));
    return upon(all(asks.map(options.look)), (standings) =>
      standings.some(isUntold) ? undefined : rowsOf(asks, standings),
    );
  };
}

/** Two operations that share a counter have one row, unless it allows them different amounts. */
function collect(found: Map<string, Found>, { plan }: Standing, told: Told, names: readonly string[]): void {
  for (const [i, limit] of told.limits.entries()) {
    if (limit.published.is === 'hidden') continue;
    const check = plan.program.checks[i];
    // Names and numbers have no spaces, so no two counters have one key.
    const key = `${limit.name} ${check?.slot} ${limit.shown} ${check?.limitId} ${plan.keys[check?.record ?? -1] ?? ''}`;
    const known = found.get(key);
    if (known !== undefined) known.operations.push(...names);
    else found.set(key, { row: rowOf(told, i), order: limit.order, operations: [...names] });
  }
}

function rowOf(told: Told, index: number): OwnLimit {
  const limit = told.limits[index];
  if (limit === undefined) throw new RangeError(`there is no limit ${index}`);
  const { name, label, kind, unit, shown, windowMs, period, overridden, published } = limit;
  if (published.is === 'words') return { name, label, kind, unit, words: published.words };
  return {
    name,
    label,
    kind,
    unit,
    limit: shown,
    ...(published.is !== 'stated' && published.is !== 'hidden' && { published: published.is }),
    ...(kind !== 'size' && { used: usedOf(told, index), remaining: remainingOf(told, index), ...resetOf(told, index) }),
    ...(windowMs > 0 && { window: windowMs / 1000 }),
    ...(period !== undefined && { period }),
    ...(overridden && { overridden }),
  };
}

function resetOf(told: Told, index: number): Pick<OwnLimit, 'resetAt' | 'resetIn'> {
  const resetInMs = resetInMsOf(told, index);
  return resetInMs === undefined ? {} : { resetAt: iso(instantOf(told, resetInMs)), resetIn: seconds(resetInMs) };
}

/** With none declared, every path is an operation, and only what is for all of them can be told. */
function kindsOf(policy: CompiledPolicy): readonly Kind[] {
  const path = Object.freeze({});
  if (policy.operations.length === 0) return [{ hit: { index: -1, name: '', path }, names: [] }];
  const kinds = new Map<string, Kind & { readonly names: string[] }>();
  const isEachOwn = readsOperations(policy);
  for (const [index, { name, group = '' }] of policy.operations.entries()) {
    const on = policy.limits.map(({ operations }) => operations === undefined || operations.includes(name));
    const signature = isEachOwn ? name : JSON.stringify([group, on]);
    const known = kinds.get(signature);
    if (known !== undefined) known.names.push(name);
    else if (kinds.size < MAX_KINDS) kinds.set(signature, { hit: { index, name, path }, names: [name] });
  }
  return [...kinds.values()];
}

/** Whether a limit tells operations apart by more than where it applies. */
function readsOperations({ limits, overrides }: CompiledPolicy): boolean {
  const text = JSON.stringify([limits, overrides]);
  return text.includes('["operation",') || text.includes('"is":"operation"');
}

import { FOREVER } from '../../core/index.ts';
import type { CompiledPolicy, Literal, Override, Value } from '../compiled.ts';
import { own } from '../expression/index.ts';
import { delimited } from './key.ts';

/** Combinations of overrides remembered; a full table is emptied. */
const MAX_COMBINATIONS = 4096;

/** The overrides that are for one subject, whatever the time, the strongest first. */
export interface Matched {
  /** Tells combinations apart. */
  readonly id: string;
  readonly overrides: readonly Override[];
  /** Plans that they give, at one time or another. */
  readonly plans: readonly string[];
  /** Instants at which one of them begins or ends, in order. */
  readonly boundaries: readonly number[];
}

type Attributes = Readonly<Record<string, Literal | undefined>>;

export interface Overrides {
  match(attributes: Attributes): Matched;
}

interface Ranked {
  readonly override: Override;
  readonly index: number;
}

/** Overrides for the same attributes, found by their values. */
interface Group {
  readonly names: readonly string[];
  readonly byValues: Map<string, Ranked[]>;
}

const NONE: Matched = { id: '', overrides: [], plans: [], boundaries: [] };

export function overridesOf(policy: CompiledPolicy): Overrides {
  const groups = groupsOf(policy.overrides);
  const combinations = new Map<string, Matched>();

  function match(attributes: Attributes): Matched {
    let found: Ranked[] | undefined;
    for (const { names, byValues } of groups) {
      const hits = byValues.get(valuesOf(names, attributes));
      if (hits !== undefined) found = found === undefined ? hits : [...found, ...hits];
    }
    return found === undefined ? NONE : combined(found);
  }

  function combined(found: readonly Ranked[]): Matched {
    const id = found.map(({ index }) => index).join(',');
    let matched = combinations.get(id);
    if (matched !== undefined) return matched;
    if (combinations.size >= MAX_COMBINATIONS) combinations.clear();
    matched = {
      id,
      overrides: found.toSorted(stronger).map(({ override }) => override),
      plans: [...new Set(found.flatMap(({ override }) => override.plan ?? []))],
      boundaries: boundariesOf(found),
    };
    combinations.set(id, matched);
    return matched;
  }

  return { match };
}

function groupsOf(overrides: readonly Override[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const [index, override] of overrides.entries()) {
    const names = Object.keys(override.for).toSorted();
    const group = groups.get(names.join(' ')) ?? { names, byValues: new Map<string, Ranked[]>() };
    groups.set(names.join(' '), group);
    const values = valuesOf(names, override.for);
    group.byValues.set(values, [...(group.byValues.get(values) ?? []), { override, index }]);
  }
  return [...groups.values()];
}

function valuesOf(names: readonly string[], attributes: Attributes): string {
  let values = '';
  for (const name of names) values += delimited(own(attributes, name));
  return values;
}

/** More attributes matched, then the later beginning, then the later line. */
function stronger(a: Ranked, b: Ranked): number {
  const attributes = Object.keys(b.override.for).length - Object.keys(a.override.for).length;
  return attributes || b.override.fromAtMs - a.override.fromAtMs || b.index - a.index;
}

function boundariesOf(found: readonly Ranked[]): readonly number[] {
  const instants = found.flatMap(({ override }) => [override.fromAtMs, override.untilAtMs]);
  return [...new Set(instants)].filter((at) => at > 0 && at < FOREVER).toSorted((a, b) => a - b);
}

/** Those in force at an instant, the strongest first. */
export function inForce(matched: Matched, atMs: number): readonly Override[] {
  if (matched.overrides.length === 0) return matched.overrides;
  return matched.overrides.filter(({ fromAtMs, untilAtMs }) => fromAtMs <= atMs && atMs < untilAtMs);
}

/** What overrides say of one limit: another value, or that it is lifted; undefined when they say nothing. */
export function overrideOf(active: readonly Override[], limit: string): Value | 'lifted' | undefined {
  for (const { limits, lift } of active) {
    if (lift.includes(limit)) return 'lifted';
    const value = limits.find(([name]) => name === limit)?.[1];
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The plan that overrides put a subject on, if any. */
export function planOf(active: readonly Override[]): string | undefined {
  return active.find(({ plan }) => plan !== undefined)?.plan;
}

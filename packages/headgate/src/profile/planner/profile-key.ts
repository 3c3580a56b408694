import type { CompiledPolicy, Operation, Value } from '../compiled.ts';
import { evaluate, FAILED, own, readsOf, schedulesIn, TIME, USE, type Expr } from '../expression/index.ts';
import type { Asking } from './asking.ts';
import { rowKey, selectorsOf, type Selector } from './choice.ts';
import { exprsOf, leafExprsOf } from './figures.ts';
import { delimited, encode } from './key.ts';
import { readsReason } from './ladder.ts';
import type { Matched } from './overrides.ts';

/*
 * A profile is everything that decides which limits apply to an ask, and how much they allow. Asks of one
 * profile share a program, so the key must tell apart whatever could make a difference, and as little else
 * as it can. What only reads the subject and the operation is told apart by what it reads, and evaluated once
 * a profile. What reads the request (or the clock) is evaluated each time, and told apart by what it comes to: the same request,
 * coming again, is what waits are told for, and the clock is taken to stand still until then.
 */

export interface ProfileKeys {
  of(asking: Asking, matched: Matched): string | number;
}

export function profileKeysOf(policy: CompiledPolicy): ProfileKeys {
  const selectors = selectorsIn(policy);
  const fixed = fixedFields(policy.operations);
  const isDynamic = ({ expr }: Selector): boolean => readsOf(expr).some((read) => changes(read, fixed));
  const probes = selectors.filter(isDynamic).map((selector) => probeOf(selector, policy.operations));
  const inputs = inputsOf(selectors.filter((selector) => !isDynamic(selector)));
  const simple =
    probes.length === 0 && inputs.attributes.length === 0 && policy.overrides.length === 0 && !inputs.operation;
  return {
    of(asking, matched) {
      const { ask } = asking;
      // Callers nobody identified have profiles of their own: fewer limits reach them.
      const place = ask.subject.auth === '' ? -2 - ask.operation.index : ask.operation.index + 1;
      if (simple) return place;
      let key = `${place}:${matched.id}:`;
      if (inputs.operation) key += delimited(ask.operation.name);
      for (const name of inputs.attributes) key += delimited(own(asking.attributes, name));
      return probes.length === 0 ? key : key + outcomesOf(probes, asking, matched);
    },
  };
}

/** What the request comes to under every plan, and however schedules stand, that time may bring: a profile looks ahead. */
function outcomesOf(probes: readonly Probe[], asking: Asking, { plans }: Matched): string {
  if (plans.length === 0) return outcomesUnder(probes, asking);
  const inForce = asking.plan;
  let outcomes = '';
  for (const plan of [undefined, ...plans]) {
    asking.plan = plan;
    outcomes += outcomesUnder(probes, asking);
  }
  asking.plan = inForce;
  return outcomes;
}

function outcomesUnder(probes: readonly Probe[], asking: Asking): string {
  let outcomes = '';
  for (const probe of probes) {
    for (const assumed of probe.assumptions) {
      asking.assumed = assumed;
      outcomes += delimited(outcomeOf(probe, asking));
    }
    asking.assumed = undefined;
  }
  return outcomes;
}

/** A selector that reads the request, and every way in which the schedules that it names may stand. */
interface Probe extends Selector {
  readonly assumptions: readonly (ReadonlyMap<string, boolean> | undefined)[];
}

/** Schedules of which a figure that reads the request too is foreseen, each open and closed; of more, only as they stand now. */
const MAX_ASSUMED = 4;

function probeOf(selector: Selector, operations: readonly Operation[]): Probe {
  const ofOperations = operations.flatMap(({ weight, set }) =>
    [...(weight === undefined ? [] : [weight]), ...set.map(([, value]) => value)].flatMap(exprsOf),
  );
  const readsOperation = readsOf(selector.expr).some((read) => read.startsWith('operation.'));
  const read = [selector.expr, ...(readsOperation ? ofOperations : [])];
  const names = [...new Set(read.flatMap(schedulesIn))];
  if (names.length === 0 || names.length > MAX_ASSUMED) return { ...selector, assumptions: [undefined] };
  const ways = Array.from({ length: 2 ** names.length }, (_, way) => way);
  return {
    ...selector,
    assumptions: ways.map((way) => new Map(names.map((name, bit) => [name, ((way >> bit) & 1) === 1]))),
  };
}

/** Every expression that decides a profile. */
function selectorsIn(policy: CompiledPolicy): readonly Selector[] {
  const figures: Value[] = policy.overrides.flatMap(({ limits }) => limits.map(([, value]) => value));
  const zones = Object.values(policy.schedules ?? {}).flatMap(({ zone }) => (typeof zone === 'string' ? [] : [zone]));
  const conditions: Expr[] = [...policy.require.map(({ that }) => that), ...zones];
  const partitions: Selector[] = [];
  for (const { amount, burst, rollover, publish, when, per, calendar, kind, hold, ladder = [] } of policy.limits) {
    figures.push(
      amount,
      ...[burst, rollover?.upTo, publish].filter((value) => value !== undefined),
      ...(hold === undefined ? [] : [hold.lease]),
    );
    if (when !== undefined) conditions.push(when);
    partitions.push(...selectorsOf(per));
    for (const step of ladder) {
      figures.push(step.at);
      if (step.when !== undefined && !readsReason(step.when)) conditions.push(step.when);
      if (step.action.is === 'delay') figures.push(step.action.upToMs);
      if (step.action.is !== 'block') continue;
      const { forMs, forgetMs, per: whose } = step.action.block;
      figures.push(...(forMs === 'wait' ? [] : forMs), ...(forgetMs === undefined ? [] : [forgetMs]));
      if (whose !== undefined) partitions.push(...selectorsOf(whose));
    }
    if (kind === 'quota')
      conditions.push(...[calendar.zone, calendar.anchor].filter((part) => typeof part === 'object'));
  }
  const leaves = [...conditions, ...figures.flatMap(leafExprsOf)].map((expr) => ({ expr, rows: undefined }));
  return [...partitions, ...figures.flatMap((value) => selectorsOf(value)), ...leaves];
}

/** Attributes of operations that are the same for every request: then the operation's place in the policy tells them. */
function fixedFields(operations: readonly Operation[]): ReadonlySet<string> {
  const fields = new Set([
    'name',
    'group',
    'tags',
    'weight',
    ...operations.flatMap(({ set }) => set.map(([name]) => name)),
  ]);
  for (const { weight, set } of operations) {
    if (weight !== undefined && exprsOf(weight).length > 0) fields.delete('weight');
    for (const [name, value] of set) if (exprsOf(value).length > 0) fields.delete(name);
  }
  return fields;
}

const CHANGING: ReadonlySet<string> = new Set([
  'request',
  'path',
  'facts',
  'now',
  'item',
  'message',
  'connection',
  USE,
]);

function changes(read: string, fixed: ReadonlySet<string>): boolean {
  const [root = '', field = ''] = read.split('.', 2);
  return root === 'operation' ? !fixed.has(field) : CHANGING.has(root);
}

/** What expressions over the subject and the operation read. */
function inputsOf(selectors: readonly Selector[]): {
  readonly attributes: readonly string[];
  readonly operation: boolean;
} {
  const attributes = new Set<string>();
  let operation = false;
  for (const read of selectors.flatMap(({ expr }) => readsOf(expr))) {
    if (read.startsWith('operation.')) operation = true;
    // Of a file nothing is known yet, whoever asks; and a profile ends when what was read of time changes.
    else if (read.startsWith('file.') || read === TIME) continue;
    else if (read.startsWith('plan.')) attributes.add('plan');
    else attributes.add(read.startsWith('subject.') ? read.slice('subject.'.length) : read);
  }
  return { attributes: [...attributes].toSorted(), operation };
}

/** What an expression comes to, as coarsely as it matters: of a table's key, which row it is. */
function outcomeOf({ expr, rows }: Selector, { scope }: Asking): string {
  const value = evaluate(expr, scope);
  if (value === FAILED) return 'failed';
  const row = rowKey(value);
  if (rows !== undefined) return row !== undefined && rows.has(row) ? encode(row) : 'else';
  return encode(value);
}

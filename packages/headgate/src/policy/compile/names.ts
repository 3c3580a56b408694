import type { PolicyErrorCode } from '../errors.ts';
import type { Path } from '../problem.ts';
import type { Problems } from '../problems.ts';
import { nameProblem, PLAN_WORDS } from '../read/names.ts';
import { isList, isMap, type Plain, type Source } from '../source/source.ts';
import { attributesOf } from './attributes.ts';
import type { Names } from './context.ts';
import { windowNames } from './windows.ts';

/** Words that stand where a limit's name can stand. */
const LIMIT_WORDS = ['binding', 'tightest', 'first', 'all'];
const OPERATION_WORDS = ['name', 'group', 'tags', 'weight', 'route'];
/** Words that already say over what is counted. */
const SPAN_WORDS = 'd day days week month year ever ms s m h second minute hour'.split(' ');
const BUILT_IN_ANSWERS = [
  'exceeded',
  'unauthorized',
  'unidentified',
  'malformed',
  'not-found',
  'unavailable',
  'undecided',
];

/**
 * Gathers what the policy declares, from the source as it was written: a limit that has a mistake in it is
 * still declared, and whoever refers to it is not to blame.
 */
export function gatherNames(source: Source, problems: Problems): Names {
  const top = (word: string): Plain | undefined => source.valueAt([word]);
  checkAll(problems, 'limits', top('limits'), LIMIT_WORDS);
  checkAll(problems, 'operations', top('operations'), ['all']);
  checkAll(problems, 'identify', top('identify'), []);
  checkAll(problems, 'derive', top('derive'), ['auth', 'address']);
  checkAll(problems, 'require', top('require'), []);
  checkAll(problems, 'tables', top('tables'), []);
  checkAll(problems, 'schedules', top('schedules'), SPAN_WORDS);
  checkAll(problems, 'endpoints', top('endpoints'), []);
  checkAll(problems, 'meters', top('meters'), ['any']);
  checkAll(problems, 'notify', top('notify'), []);
  checkNames(problems, ['respond', 'answers'], source.valueAt(['respond', 'answers']), []);
  const schedules = new Set(namesIn(top('schedules')));
  return {
    plans: plansOf(top('plans'), problems),
    auth: namesIn(top('identify')).length === 0 ? ['anonymous'] : namesIn(top('identify')),
    operations: operationsOf(top('operations')),
    operationAttributes: new Set([...OPERATION_WORDS, ...operationSets(top('operations'))]),
    pathVariables: pathVariablesOf(top('operations')),
    events: eventsOf(top('operations')),
    limits: limitsOf(top('limits'), schedules),
    answers: new Set([...BUILT_IN_ANSWERS, ...namesIn(source.valueAt(['respond', 'answers']))]),
    variables: variablesOf(top('operations')),
    meters: new Set(namesIn(top('meters'))),
    channels: new Set(namesIn(top('notify'))),
    marks: marksOf(top('limits')),
    tables: new Set(namesIn(top('tables'))),
    batches: hasBatches(top('operations')) || namesElements(top('limits')),
    schedules,
    ...attributesOf(source),
  };
}

function checkAll(problems: Problems, word: string, value: Plain | undefined, reserved: readonly string[]): void {
  checkNames(problems, [word], value, reserved);
}

function checkNames(problems: Problems, path: Path, value: Plain | undefined, reserved: readonly string[]): void {
  for (const name of namesIn(value)) {
    const wrong = nameProblem(name, 'name', reserved);
    if (wrong !== undefined) problems.error('ERR_POLICY_NAME', [...path, name], wrong, { value: null, onName: true });
  }
}

function namesIn(value: Plain | undefined): readonly string[] {
  return isMap(value) ? Object.keys(value) : [];
}

function plansOf(value: Plain | undefined, problems: Problems): readonly string[] {
  const plans = isList(value) ? value.filter((plan) => typeof plan === 'string') : namesIn(value);
  for (const [i, plan] of plans.entries()) {
    const path = ['plans', isList(value) ? i : plan];
    const say = (code: PolicyErrorCode, rule: string): void =>
      problems.error(code, path, rule, { value: null, onName: true });
    const wrong = nameProblem(plan, 'plan', PLAN_WORDS);
    if (wrong !== undefined) say('ERR_POLICY_NAME', wrong);
    if (plans.indexOf(plan) !== i) say('ERR_POLICY_DUPLICATE', `the plan "${plan}" is written twice; keep one`);
  }
  return plans;
}

function operationsOf(value: Plain | undefined): ReadonlyMap<string, readonly string[]> {
  const operations = new Map<string, readonly string[]>();
  if (!isMap(value)) return operations;
  for (const [name, operation] of Object.entries(value)) {
    const { group, tags } = isMap(operation) ? operation : {};
    const called = [group, ...(isList(tags) ? tags : [tags])].filter((word) => typeof word === 'string');
    operations.set(name, [name, ...called]);
  }
  return operations;
}

/** `:id` of `POST /jobs/:id/cancel`. */
function variablesOf(value: Plain | undefined): ReadonlyMap<string, readonly string[]> {
  const operations = isMap(value) ? Object.entries(value) : [];
  return new Map(operations.map(([name, one]) => [name, routesOf(one).map(onlyVariable)]));
}

function routesOf(operation: Plain | undefined): readonly string[] {
  const match = isMap(operation) ? operation['match'] : undefined;
  return (isList(match) ? match : [match]).filter((route) => typeof route === 'string');
}

function onlyVariable(route: string): string {
  const found = variablesIn(route);
  return found.length === 1 ? (found[0] ?? '') : '';
}

function variablesIn(route: string): readonly string[] {
  return [...route.matchAll(/\/:([^/]+)/g)].map(([, name = '']) => name);
}

function pathVariablesOf(value: Plain | undefined): ReadonlySet<string> | undefined {
  return isMap(value) ? new Set(Object.values(value).flatMap(routesOf).flatMap(variablesIn)) : undefined;
}

function eventsOf(value: Plain | undefined): ReadonlySet<string> {
  const operations = isMap(value) ? Object.values(value) : [];
  return new Set(operations.flatMap((one) => (isMap(one) && typeof one['event'] === 'string' ? one['event'] : [])));
}

function hasBatches(value: Plain | undefined): boolean {
  return isMap(value) && Object.values(value).some((one) => isMap(one) && one['each'] !== undefined);
}

/** Whether a partition is named by elements of a list: `each(list, expr)`, where expressions read them as `item`. */
function namesElements(value: Plain | undefined): boolean {
  return (
    isMap(value) &&
    Object.values(value).some((one) => isMap(one) && /\beach\s*\(/.test(JSON.stringify(one['per'] ?? '')))
  );
}

function operationSets(value: Plain | undefined): readonly string[] {
  return isMap(value) ? Object.values(value).flatMap((one) => (isMap(one) ? namesIn(one['set']) : [])) : [];
}

function marksOf(value: Plain | undefined): ReadonlySet<string> {
  const limits = isMap(value) ? Object.values(value) : [];
  const steps = limits.flatMap((limit) => (isMap(limit) ? limit['past'] : [])).flatMap((step) => step ?? []);
  return new Set(steps.flatMap((step) => (isMap(step) && typeof step['mark'] === 'string' ? step['mark'] : [])));
}

function limitsOf(value: Plain | undefined, schedules: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> {
  const limits = new Map<string, readonly string[]>();
  if (!isMap(value)) return limits;
  for (const [name, limit] of Object.entries(value)) {
    limits.set(name, windowNames(name, isMap(limit) ? (limit['rate'] ?? limit['quota']) : undefined, schedules));
  }
  return limits;
}

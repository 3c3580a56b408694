import type * as z from 'zod';
import type { PolicyErrorCode } from './errors.ts';
import { didYouMean } from './nearest.ts';
import type { Path } from './problem.ts';
import type { Problems } from './problems.ts';
import { policy, type PolicyInput } from './schema/policy.ts';
import { prune } from './prune.ts';
import { isMap, type Plain, type Source } from './source/source.ts';

/** Leaving out what is wrong can make something else wrong; this often, then the rest is given up. */
const MAX_PRUNINGS = 8;

type Issue = z.core.$ZodIssue;

/** What is left of a policy once everything of the wrong shape was told and left out. */
export interface Shaped {
  readonly input: PolicyInput;
  /** Turns a path into `input` into one into the source: a list may have lost items. */
  readonly origin: (path: Path) => Path;
}

/**
 * Checks that every word is known and stands over a value of its type. What is wrong is told and left
 * out, so that the rest can still be judged; undefined when nothing is left to judge.
 */
export function checkShape(source: Source, problems: Problems): Shaped | undefined {
  if (!isMap(source.value)) return problems.error(...notAMap(source.value));
  let value: Plain = source.value;
  const origins: ((path: Path) => Path)[] = [];
  for (let round = 0; round < MAX_PRUNINGS; round++) {
    const result = policy.safeParse(value);
    if (result.success)
      return { input: result.data, origin: (path) => origins.reduceRight((here, origin) => origin(here), path) };
    if (round === 0) for (const issue of result.error.issues) tell(issue, source, problems);
    const pruned = prune(value, result.error.issues.flatMap(pathsOf));
    origins.push(pruned.origin);
    value = pruned.value;
  }
  return undefined;
}

function pathsOf(issue: Issue): readonly Path[] {
  const path = issue.path as Path;
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
}

function notAMap(value: Plain): [PolicyErrorCode, Path, string, { value: unknown }] {
  const rule = 'expected a policy: a map that begins with "headgate: 1"';
  return value === null ? ['ERR_POLICY_BLANK', [], rule, { value: null }] : ['ERR_POLICY_TYPE', [], rule, { value }];
}

function tell(issue: Issue, source: Source, problems: Problems): void {
  // Zod's paths also allow symbols; plain data has none.
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) tellUnknown(key, path, issue.message.split(' '), problems);
    return;
  }
  const [code, rule] = judge(issue, source.valueAt(path), path);
  if (code === 'ERR_POLICY_MISSING' && isDropped(path, source)) return;
  // Nothing stands nowhere: what is blank is pointed at by its name.
  problems.error(code, path, rule, code === 'ERR_POLICY_BLANK' ? { value: null, onName: true } : {});
}

function tellUnknown(key: string, path: Path, known: readonly string[], problems: Problems): void {
  const rule = `unknown word${didYouMean(key, known)}; known here: ${known.join(', ')}`;
  problems.error('ERR_POLICY_WORD', [...path, key], rule, { value: null, onName: true });
}

/** `drop: true` stands where an answer is owed. */
function isDropped(path: Path, source: Source): boolean {
  return path.at(-1) === 'else' && source.valueAt([...path.slice(0, -1), 'drop']) !== undefined;
}

function judge(issue: Issue, value: Plain | undefined, path: Path): [PolicyErrorCode, string] {
  if (path.length === 1 && path[0] === 'headgate') {
    return ['ERR_POLICY_VERSION', 'expected "headgate: 1", the version of the grammar'];
  }
  if (issue.code === 'custom') return [issue.params?.['code'] as PolicyErrorCode, String(issue.params?.['rule'])];
  if (value === undefined) return ['ERR_POLICY_MISSING', 'is required here'];
  if (value === null) return ['ERR_POLICY_BLANK', 'expected a value; write one, or remove the word'];
  return judgeValue(issue, value);
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  int: 'a whole number',
};

function judgeValue(issue: Issue, value: Plain): [PolicyErrorCode, string] {
  if (issue.code === 'invalid_type') {
    const quoted = issue.expected === 'string' && typeof value !== 'object' ? `; in quotes: "${String(value)}"` : '';
    return ['ERR_POLICY_TYPE', `expected ${TYPES[issue.expected] ?? issue.expected}${quoted}`];
  }
  if (issue.code === 'invalid_value') return ['ERR_POLICY_CHOICE', choiceRule(issue.values.map(String), value)];
  if (issue.code === 'too_small' && typeof value === 'object')
    return ['ERR_POLICY_BLANK', 'expected at least one item'];
  if (issue.code === 'too_small') return ['ERR_POLICY_RANGE', `expected at least ${issue.minimum}`];
  if (issue.code === 'too_big' && typeof value === 'object')
    return ['ERR_POLICY_RANGE', `expected at most ${issue.maximum} items`];
  if (issue.code === 'too_big') return ['ERR_POLICY_RANGE', `expected at most ${issue.maximum}`];
  return ['ERR_POLICY_TYPE', issue.message];
}

function choiceRule(choices: readonly string[], value: Plain): string {
  const near = typeof value === 'string' ? didYouMean(value, choices) : '';
  return `expected ${choices.length === 1 ? '' : 'one of '}${choices.join(', ')}${near}`;
}

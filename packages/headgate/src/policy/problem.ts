import type { PolicyErrorCode } from './errors.ts';

/** Where in a policy: names and list positions, from the top. */
export type Path = readonly (string | number)[];

/** One thing that is wrong (or, as a warning, doubtful) about a policy. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly code: PolicyErrorCode;
  readonly path: Path;
  /** What is owed there, and what to do about it. */
  readonly rule: string;
  /** What stands there, shortened for reading; undefined when nothing does. */
  readonly value: string | undefined;
  readonly file: string | undefined;
  /** From 1; undefined when the policy was given as an object. */
  readonly line: number | undefined;
  readonly column: number | undefined;
}

/** `CODE: path: rule, got "value" (file:line:column)`. */
export function lineOf(problem: Problem, withCode = true): string {
  const where = problem.path.length === 0 ? '' : `${pathText(problem.path)}: `;
  const got = problem.value === undefined ? '' : `, got ${problem.value}`;
  // Rules quote names, and names are whatever the file says.
  return `${withCode ? `${problem.code}: ` : ''}${where}${printable(problem.rule)}${got}${printable(placeText(problem))}`;
}

function placeText({ file, line, column }: Problem): string {
  if (line === undefined) return file === undefined ? '' : ` (${file})`;
  return ` (${file ?? 'line'}${file === undefined ? ' ' : ':'}${line}:${column})`;
}

/** `limits.burst.rate`, `respond.headers[1].of`. A credential in the path is shown by its first letters only. */
function pathText(path: Path): string {
  let text = '';
  for (const [i, step] of path.entries()) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += `${i === 0 ? '' : '.'}${isKey(path, i) ? masked(step) : shortened(step, 64)}`;
  }
  return text;
}

/** Whether a step of the path is a caller's key: `identify.NAME.keys.KEY`. */
function isKey(path: Path, i: number): boolean {
  return i === 3 && path[0] === 'identify' && path[2] === 'keys';
}

function masked(key: string): string {
  return `${printable(key.slice(0, key.startsWith('sha256:') ? 15 : 4))}…`;
}

/** A value as it is shown in a message: JSON, one line, at most `limit` characters. */
export function shown(value: unknown, limit = 80): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return `"${shortened(value, limit)}"`;
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  return Array.isArray(value) ? 'a list' : 'a map';
}

function shortened(text: string, limit: number): string {
  return printable(text.length > limit ? `${text.slice(0, limit - 1)}…` : text);
}

/** Control characters, and what would turn the line around in a terminal, are written as escapes. */
function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are the characters that must not be printed
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/gu, (c) => {
    return `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

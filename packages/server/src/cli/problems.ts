import { lineOf, PolicyError, type Problem } from 'headgate/policy';

/** All problems of a policy, as a compiler prints them; undefined for other errors. */
export function problemLines(error: unknown): string | undefined {
  return error instanceof PolicyError ? problemReport(error.problems) : undefined;
}

/** One line a problem, and a last one that counts them. */
export function problemReport(problems: readonly Problem[]): string {
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const counts = [counted(errors, 'error'), counted(problems.length - errors, 'warning')].filter(
    (count) => count !== '',
  );
  return [...problems.map(problemLine), counts.join(', ')].join('\n');
}

/** `file:line:column: error: what is wrong [CODE]`: the form that editors make a link of. */
function problemLine(problem: Problem): string {
  const { file, line, column, severity, code } = problem;
  const place = line === undefined ? (file ?? 'policy') : `${file ?? 'policy'}:${line}:${column ?? 1}`;
  const text = lineOf({ ...problem, file: undefined, line: undefined, column: undefined }, false);
  return `${place}: ${severity}: ${text} [${code}]`;
}

export function counted(count: number, thing: string): string {
  return count === 0 ? '' : `${count} ${thing}${count === 1 ? '' : 's'}`;
}

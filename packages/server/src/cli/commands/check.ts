import { checkPolicy, diffPolicies } from 'headgate/policy';
import { readArgs } from '../args.ts';
import { readBytes, reading, readPolicy, type Policy } from '../policy-file.ts';
import { counted, problemReport } from '../problems.ts';
import { table } from '../table.ts';

/** `headgate check`: everything that is wrong, or a summary; and what a change does to what was counted. */
export function check(words: readonly string[]): number {
  const args = readArgs(words, { options: ['against'] });
  const problems = checkPolicy(readBytes(args.policy), reading(args.policy));
  if (problems.length > 0) process.stderr.write(`${problemReport(problems)}\n`);
  if (problems.some((problem) => problem.severity === 'error')) return 1;
  const policy = readPolicy(args.policy);
  const against = args.option('against');
  const changes = against === undefined ? '' : `\n${changeTable(readPolicy(against), policy)}\n`;
  process.stdout.write(`ok: ${summary(policy)}\n${changes}`);
  return 0;
}

function summary(policy: Policy): string {
  const parts = [
    // What finds the first of equal values is part of the limit that they cost.
    counted(policy.limits.filter(({ name }) => !name.includes(' ')).length, 'limit'),
    counted(policy.plans.length, 'plan'),
    counted(policy.operations.length, 'operation'),
  ];
  const said = parts.filter((part) => part !== '').join(', ') || 'no limits';
  return policy.name === '' ? said : `${policy.name}: ${said}`;
}

function changeTable(old: Policy, next: Policy): string {
  const rows = diffPolicies(old, next).map(({ limit, counters, because }) => [limit, counters, because]);
  return table(['limit', 'counters', 'because'], rows);
}

import { readArgs } from '../args.ts';
import { Failure } from '../failure.ts';
import { limitsTable } from '../limits-table.ts';
import { nearest } from '../nearest.ts';
import { readPolicy, type Policy } from '../policy-file.ts';

/** `headgate limits`: what the policy's page would say. */
export function limits(words: readonly string[]): number {
  const args = readArgs(words, { options: ['plan'] });
  const policy = readPolicy(args.policy);
  const plan = args.option('plan');
  if (plan !== undefined) requirePlan(policy, plan);
  process.stdout.write(`${limitsTable(policy, plan)}\n`);
  return 0;
}

function requirePlan({ plans }: Policy, plan: string): void {
  const names = plans.map(({ name }) => name);
  if (names.includes(plan)) return;
  if (names.length === 0) throw new Failure(1, `there is no plan "${plan}": this policy has no plans`);
  const guess = nearest(plan, names);
  throw new Failure(
    1,
    `there is no plan "${plan}"${guess === undefined ? '' : `; did you mean "${guess}"?`} (${names.join(', ')})`,
  );
}

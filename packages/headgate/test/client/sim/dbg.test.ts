import { it } from 'vitest';
import { policyOf, run, shipped } from './job.ts';
const FIXED = 'a: { rate: 60/minute, algorithm: fixed, per: key }';
it.each([
  ['clock', policyOf(FIXED.replace('fixed', 'fixed, align: clock'), '{ of: a, dialect: draft-07 }'), 330],
  ['sliding', policyOf('a: { rate: 60/minute, per: key }', '{ of: a, dialect: ratelimit }'), 300],
  ['fixed', shipped('deepcreative'), 300],
  ['claid', shipped('claid'), 480],
  ['vetigen', shipped('vetigen'), 600],
] as const)('%s', async (n, policy, requests) => {
  const out = [];
  for (let i = 0; i < 40; i++) {
    const d = await run({ policy, requests }, i * 1523);
    out.push(`${d.refused}:${d.ratio.toFixed(3)}`);
  }
  console.log(n, out.join(' '));
});

import { describe, expect, it } from 'vitest';
import { limitsOf } from '../../../src/client/limits/index.ts';
import { seeded, type Random } from '../../../src/testing/index.ts';
import { policyOf, run, type Job } from './job.ts';

/*
 * Limits that nobody chose: any amount and window, algorithm, dialect, distance and clock. What is told, or declared, is never exceeded.
 */

const DIALECTS = [
  'dialect: x-ratelimit, reset: epoch',
  'dialect: x-ratelimit, reset: epochMs',
  'dialect: x-ratelimit, reset: delta',
  'dialect: x-ratelimit, reset: iso',
  'dialect: x-ratelimit, reset: http',
  'dialect: draft-02',
  'dialect: draft-03',
  'dialect: draft-06',
  'dialect: draft-07',
  'dialect: ratelimit',
];

/** `SEEDS=3000` looks longer. */
const SEEDS = Number(process.env['SEEDS'] ?? 60);

function limit(random: Random, seconds: readonly number[]): string {
  const algorithm = random.pick(['fixed', 'fixed, align: clock', 'sliding', 'bucket']);
  const burst = algorithm === 'bucket' && random.chance(0.5) ? `, burst: ${random.int(1, 20)}` : '';
  return `{ rate: ${random.int(1, 40)}/${random.pick(seconds)}s, algorithm: ${algorithm}${burst}, per: key }`;
}

function job(seed: number): Job & { readonly words: string } {
  const random = seeded(seed);
  const two = random.chance(0.4);
  const limits = `a: ${limit(random, [1, 2, 5, 10, 60])}${two ? `, b: ${limit(random, [1, 5, 30, 60])}` : ''}`;
  const dialect = two ? random.pick(['dialect: ratelimit', 'dialect: draft-03, denied: -1']) : random.pick(DIALECTS);
  const declared = random.chance(0.3) || (two && dialect.includes('draft-03'));
  const least = random.int(1, 300);
  const latencyMs = [least, least + random.int(0, 900)] as const;
  const words = `${seed}: ${limits} · ${dialect} · ${latencyMs.join('–')} ms${declared ? ' · declared' : ''}`;
  const policy = policyOf(limits, `{ of: [${two ? 'a, b' : 'a'}], ${dialect} }`);
  const client = (): object => (declared ? { limits: limitsOf(policy) } : {});
  return { policy, requests: random.int(20, 120), words, client, api: { latencyMs } };
}

describe('any limits, told or declared', () => {
  it('are never exceeded', { timeout: 60_000 + 100 * SEEDS }, async () => {
    const refusals: string[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { words, ...work } = job(seed);
      const { refused } = await run(work, (seed * 1523) % 60_000);
      if (refused > 0) refusals.push(`${refused} refused · ${words}`);
    }
    expect(refusals).toEqual([]);
  });
});

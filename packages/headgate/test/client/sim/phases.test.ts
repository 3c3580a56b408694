import { describe, expect, it } from 'vitest';
import type { ClientOptions } from '../../../src/client/index.ts';
import { declare } from '../../../src/client/limits/index.ts';
import { policyOf, run, shipped, type Done, type Job } from './job.ts';

/** Starts spread over a window of a minute, no two at the same fraction of a second. */
const PHASES_MS = Array.from({ length: 40 }, (_, i) => i * 1523);

async function all(job: Job): Promise<readonly Done[]> {
  const done: Done[] = [];
  for (const phaseMs of PHASES_MS) done.push(await run(job, phaseMs));
  return done;
}

const FIXED = 'a: { rate: 60/minute, algorithm: fixed, per: key }';

const TOLD: readonly (readonly [name: string, job: Job])[] = [
  ['a fixed window', { policy: policyOf(FIXED, '{ of: a, dialect: x-ratelimit, reset: epoch }'), requests: 300 }],
  [
    'a fixed window of the clock',
    { policy: policyOf(FIXED.replace('fixed', 'fixed, align: clock'), '{ of: a, dialect: draft-07 }'), requests: 330 },
  ],
  [
    'a sliding window',
    { policy: policyOf('a: { rate: 60/minute, per: key }', '{ of: a, dialect: ratelimit }'), requests: 300 },
  ],
  [
    'a bucket',
    {
      policy: policyOf(
        'a: { rate: 60/minute, algorithm: bucket, burst: 10, per: key }',
        '{ of: a, dialect: ratelimit }',
      ),
      requests: 240,
    },
  ],
  ['Claid: 120 a minute and 4 a second', { policy: shipped('claid'), requests: 480 }],
  ['Deep Creative: 60 a minute', { policy: shipped('deepcreative'), requests: 300 }],
];

describe(
  'from a cold start, over 40 phases, clocks apart by up to two minutes, 20 workers, 60 to 140 ms away',
  { timeout: 60_000 },
  () => {
    it.each(TOLD)('%s, told by headers: no refusal, and within 1.03 of the optimum', async (_, job) => {
      const done = await all(job);
      expect(done.map(({ refused }) => refused)).toEqual(PHASES_MS.map(() => 0));
      expect(done.map(({ admitted }) => admitted)).toEqual(PHASES_MS.map(() => job.requests));
      expect(Math.max(...done.map(({ ratio }) => ratio))).toBeLessThanOrEqual(1.03);
    });

    it('Vetigen, whose burst and endpoint are hidden: one refusal for each, nothing before it is told, within 1.03', async () => {
      const done = await all({ policy: shipped('vetigen'), requests: 600 });
      expect(done.map(({ refused, early }) => [refused, early])).toEqual(PHASES_MS.map(() => [2, 0]));
      expect(Math.max(...done.map(({ ratio }) => ratio))).toBeLessThanOrEqual(1.03);
    });

    it('Vetigen, declared: no refusal, and within 1.03 of the optimum', async () => {
      const client = (): ClientOptions => ({
        limits: declare({
          key: { rate: '1000/hour', algorithm: 'fixed' },
          endpoint: { rate: '100/minute', algorithm: 'fixed', per: ({ url, method }) => `${method} ${url?.pathname}` },
          burst: { rate: '50/10s', algorithm: 'fixed' },
        }),
      });
      const done = await all({ policy: shipped('vetigen'), requests: 400, client });
      expect(done.map(({ refused }) => refused)).toEqual(PHASES_MS.map(() => 0));
      expect(Math.max(...done.map(({ ratio }) => ratio))).toBeLessThanOrEqual(1.03);
    });
  },
);

describe('limits that nobody tells of, and a wait alone', { timeout: 60_000 }, () => {
  const HIDDEN = '{ of: a, fields: { X-Hello: "1" } }';

  it.each([
    ['a fixed window', 'a: { rate: 60/minute, algorithm: fixed, per: key }', 1, 1.03],
    ['a fixed window of the clock', 'a: { rate: 60/minute, algorithm: fixed, align: clock, per: key }', 3, 1.4],
    // The second time some are under way before the first of them shows that slices are counted, or that a clock's window came between.
    ['a sliding window', 'a: { rate: 60/minute, per: key }', 12, 1.05],
    ['a bucket', 'a: { rate: 60/minute, algorithm: bucket, burst: 10, per: key }', 5, 1.2],
  ])('%s is learned', async (_, limits, refusals, ratio) => {
    const policy = policyOf(limits, HIDDEN);
    const done = [];
    for (const phaseMs of PHASES_MS.filter((_phase, i) => i % 5 === 0))
      done.push(await run({ policy, requests: 300 }, phaseMs));
    expect(Math.max(...done.map(({ refused }) => refused))).toBeLessThanOrEqual(refusals);
    expect(Math.max(...done.map(({ early }) => early))).toBe(0);
    expect(Math.max(...done.map((one) => one.ratio))).toBeLessThanOrEqual(ratio);
  });
});

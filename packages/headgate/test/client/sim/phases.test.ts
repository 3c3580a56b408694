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

describe('from a cold start, over 40 phases, clocks apart by up to two minutes, 20 workers, 60 to 140 ms away', () => {
  it.each(TOLD)('%s, told by headers: no refusal, and within 1.03 of the optimum', async (_, job) => {
    const done = await all(job);
    expect(done.map(({ refused }) => refused)).toEqual(PHASES_MS.map(() => 0));
    expect(done.map(({ admitted }) => admitted)).toEqual(PHASES_MS.map(() => job.requests));
    expect(Math.max(...done.map(({ ratio }) => ratio))).toBeLessThanOrEqual(1.03);
  });

  it('Vetigen, whose burst and endpoint are hidden: one refusal for each, nothing before it is told, within 1.03', async () => {
    const done = await all({ policy: shipped('vetigen'), requests: 600 });
    expect(done.map(({ refused, early }) => [refused, early])).toEqual(PHASES_MS.map(() => [2, 0]));
    expect(Math.max(...done.map(({ ratio }) => ratio))).toBeLessThanOrEqual(1.006);
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
});

/** How many of the phases cost how many refusals. */
function histogram(done: readonly Done[]): Readonly<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (const { refused } of done) counts[refused] = (counts[refused] ?? 0) + 1;
  return counts;
}

/** As a page that tells of its requests a minute, and not of its batch jobs. */
const BEHIND = `${FIXED.replace('60', '100')}, ${FIXED.replace('60', '10').replace('a:', 'b:')}`;

const hidden = (rate: string, requests = 300): Job => ({
  policy: policyOf(`a: { rate: ${rate}, per: key }`, '{ of: a, fields: { X-Hello: "1" } }'),
  requests,
});

describe('a limit that nobody tells of, by a wait alone, over 40 phases', () => {
  // One refusal where it can be told from one, else as few as decision 0708 explains: how many phases cost how many.
  it.each<[string, Job, Readonly<Record<number, number>>, number]>([
    ['a fixed window of a minute', hidden('60/minute, algorithm: fixed'), { 1: 40 }, 1.009],
    ['a fixed hundred a minute', hidden('100/minute, algorithm: fixed', 500), { 1: 40 }, 1.009],
    ['a fixed window of ten seconds', hidden('20/10s, algorithm: fixed'), { 1: 40 }, 1.023],
    [
      'a fixed ten a minute, behind a hundred that are told,',
      { policy: policyOf(BEHIND, '{ of: a, dialect: x-ratelimit, reset: epoch }'), requests: 60 },
      { 1: 40 },
      1.008,
    ],
    ['a minute of the clock', hidden('60/minute, algorithm: fixed, align: clock'), { 1: 35, 2: 5 }, 1.341],
    ['ten seconds of the clock', hidden('20/10s, algorithm: fixed, align: clock'), { 1: 33, 2: 7 }, 1.091],
    ['a sliding minute', hidden('60/minute'), { 1: 33, 2: 7 }, 1.042],
    ['sliding ten seconds', hidden('20/10s'), { 1: 4, 2: 36 }, 1.037],
    ['a bucket of one a second', hidden('60/minute, algorithm: bucket, burst: 10'), { 2: 1, 3: 39 }, 1.255],
    ['a bucket of five a second', hidden('5/s, algorithm: bucket, burst: 10'), { 2: 40 }, 1.13],
  ])('%s is learned', async (_, job, refusals, ratio) => {
    const done = await all(job);
    expect(histogram(done)).toEqual(refusals);
    expect(Math.max(...done.map(({ early }) => early))).toBe(0);
    expect(Math.max(...done.map((one) => one.ratio))).toBeLessThanOrEqual(ratio);
  });
});

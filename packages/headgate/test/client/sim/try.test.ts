import { expect, it } from 'vitest';
import { createFetch } from '../../../src/client/index.ts';
import { parsePolicy } from '../../../src/policy/index.ts';
import { Api } from './api.ts';
import { World } from './world.ts';

const POL = (limits: string, head: string) =>
  parsePolicy(`headgate: 1
identify: { key: { header: X-API-Key, find: any } }
limits: { ${limits} }
respond: { headers: ${head}, exceeded: { status: 429, headers: { Retry-After: '{retryAfter}' } } }`);
const cases: [string, ReturnType<typeof POL>, number, number][] = [
  [
    'fixed',
    POL('a: { rate: 60/minute, algorithm: fixed, per: key }', '{ of: a, dialect: x-ratelimit, reset: epoch }'),
    300,
    240_000,
  ],
  [
    'clock',
    POL(
      'a: { rate: 60/minute, algorithm: fixed, align: clock, per: key }',
      '{ of: a, dialect: x-ratelimit, reset: epoch }',
    ),
    300,
    240_000,
  ],
  ['sliding', POL('a: { rate: 60/minute, per: key }', '{ of: a, dialect: ratelimit }'), 300, 255_000],
  ['bucket', POL('a: { rate: 60/minute, algorithm: bucket, per: key }', '{ of: a, dialect: ratelimit }'), 300, 240_000],
  [
    'claid',
    POL(
      'a: { rate: 120/60s, algorithm: fixed, per: key }, b: { rate: 4/1s, algorithm: fixed, per: key }',
      '{ of: [a, b], dialect: draft-03, denied: -1 }',
    ),
    600,
    269_000,
  ],
  [
    'vetigen',
    POL(
      'key: { rate: 1000/hour, algorithm: fixed, per: key }, endpoint: { rate: 100/minute, per: [key, operation], algorithm: fixed }, burst: { rate: 50/10s, algorithm: fixed, per: key }',
      '{ of: key, dialect: x-ratelimit, reset: epoch }',
    ),
    500,
    250_000,
  ],
];
it.each(cases)('%s', async (_, policy, m, opt) => {
  for (const phase of [0, 13_700, 41_300]) {
    const world = new World(Date.UTC(2026, 3, 11, 13) + phase);
    const start = world.nowMs;
    const api = new Api({ policy, world, seed: 7 + phase, skewMs: 37_123 });
    const learned: unknown[] = [];
    const f = createFetch({
      fetch: api.fetch,
      timer: world.timer,
      random: () => 0.5,
      onEvent: (e) => {
        if (e.type !== 'answered') learned.push([Math.round(world.nowMs - start), e]);
      },
    });
    let left = m;
    const t0 = performance.now();
    const work = Promise.all(
      Array.from({ length: 20 }, async () => {
        while (left-- > 0)
          expect(
            (await f('https://api.test/v1/image/edit', { method: 'POST', headers: { 'x-api-key': 'k' } })).status,
          ).toBe(200);
      }),
    );
    await world.run(work);
    console.log(
      _,
      phase,
      api.count,
      world.nowMs - start,
      ((world.nowMs - start) / opt).toFixed(4),
      Math.round(performance.now() - t0) + 'ms',
      JSON.stringify(learned).slice(0, 800),
      JSON.stringify(f.snapshot()).slice(0, 400),
    );
  }
});

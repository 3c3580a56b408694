import { describe, expect, it } from 'vitest';
import { startRedis, until } from '../../headgate/test/redis/server.ts';
import { file, run, serve, startedApi, type Serving } from './cli-support.ts';
import { ask, containing } from './support.ts';

const POLICY = file(
  'shared.yaml',
  `
headgate: 1
identify: { key: { header: X-API-Key, find: any } }
limits: { calls: { rate: 1000/hour, per: key }, month: { quota: 10000/month, per: key } }
respond: { headers: { of: calls, dialect: x-ratelimit } }
`,
);

/** The status of one request, and what it says is left. */
async function asked({ url }: Serving): Promise<readonly [number, unknown]> {
  const { status, headers } = await ask(url, { headers: { 'X-API-Key': 'k' } });
  return [status, headers['x-ratelimit-remaining']];
}

/** Each ends as it should. */
async function endAll(gateways: readonly Serving[]): Promise<void> {
  for (const { child } of gateways) child.kill('SIGTERM');
  expect(await Promise.all(gateways.map(({ ended }) => ended))).toEqual(gateways.map(() => 0));
}

describe('headgate serve --redis', () => {
  it('shares what limits count with other gateways, and goes on by itself when Redis was gone', async () => {
    await using redis = await startRedis();
    const { url } = await startedApi((_, response) => response.end());
    const place = ['--redis', `redis://127.0.0.1:${redis.port}`];
    const gateways = [await serve(POLICY, url, ...place), await serve(POLICY, url, ...place)] as const;
    await until('the first answer', async () => (await asked(gateways[0]))[0] === 200);
    const before = Number((await asked(gateways[0]))[1]);
    expect(before).toBeLessThan(1000);
    expect(await asked(gateways[1])).toEqual([200, String(before - 1)]);
    await redis.kill();
    // A quota is closed while nobody knows what is left of it.
    expect((await asked(gateways[0]))[0]).toBe(503);
    await redis.start();
    await until('both to count together again', async () => {
      const [first, second] = [await asked(gateways[0]), await asked(gateways[1])];
      return first[0] === 200 && second[0] === 200 && Number(second[1]) === Number(first[1]) - 1;
    });
    await endAll(gateways);
  });

  it('leases hot limits from it, lets in no more, and gives back what is left when it ends', async () => {
    await using redis = await startRedis();
    const { url } = await startedApi((_, response) => response.end());
    const place = ['--redis', `redis://127.0.0.1:${redis.port}`, '--lease', '--admin', '127.0.0.1:0'];
    const gateways = [await serve(POLICY, url, ...place), await serve(POLICY, url, ...place)] as const;
    const alone = await serve(POLICY, url, ...place.slice(0, 2));
    // oxlint-disable no-await-in-loop -- one after another
    for (const one of [...gateways, alone]) await until('an answer', async () => (await asked(one))[0] === 200);
    const before = Number((await asked(alone))[1]);
    for (let i = 0; i < 300; i++) expect((await asked(gateways[i % 2]!))[0]).toBe(200);
    // oxlint-enable no-await-in-loop
    // Whoever leases nothing sees what the others have drawn as if it were spent.
    const metrics = await (await fetch(`${gateways[0].adminUrl}/metrics`)).text();
    expect(Number(/^headgate_leased_total (\d+)/m.exec(metrics)?.[1])).toBeGreaterThan(0);
    const drawn = Number((await asked(alone))[1]);
    expect(drawn).toBeLessThan(before - 300 - 1);
    await endAll(gateways);
    const left = Number((await asked(alone))[1]);
    expect(left).toBeLessThanOrEqual(before - 300 - 2);
    expect(left).toBeGreaterThan(drawn);
    await endAll([alone]);
  });

  it.each([
    [['--lease'], '--lease: give --redis too'],
    [['--redis', 'http://127.0.0.1'], '--redis: expected redis://'],
    [['--redis', 'redis://127.0.0.1', '--data', 'x.db'], '--redis: give it, or --data, not both'],
    [['--redis', 'env:NO_SUCH_VARIABLE'], '--redis: expected redis://'],
    [['--redis', 'redis+sentinel://127.0.0.1:1'], '--redis: expected redis://'],
  ])('refuses %j', async (words, why) => {
    const { code, stderr } = await run('serve', POLICY, '--upstream', 'http://127.0.0.1:1', ...words);
    expect([code, stderr]).toEqual([2, containing(why)]);
  });
});

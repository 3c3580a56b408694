/* oxlint-disable no-await-in-loop -- one request after another */
import { describe, expect, it } from 'vitest';
import { startRedis, until } from '../../headgate/test/redis/server.ts';
import { file, run, serve, startedApi, type Serving } from './cli-support.ts';
import { ask, containing } from './support.ts';

const LIMIT = 1000;
/** More than that must be drawn to be seen. */
const FEW = 10;
const POLICY = file(
  'shared.yaml',
  `
headgate: 1
identify: { key: { header: X-API-Key, find: any } }
limits: { calls: { rate: ${LIMIT}/hour, per: key }, month: { quota: 10000/month, per: key } }
respond: { headers: { of: calls, dialect: x-ratelimit } }
`,
);

/** The status of one request, and what it says is left. */
async function asked({ url }: Serving): Promise<readonly [number, unknown]> {
  const { status, headers } = await ask(url, { headers: { 'X-API-Key': 'k' } });
  return [status, headers['x-ratelimit-remaining']];
}

/** Whether the second knows what the first has just charged. */
async function countTogether(one: Serving, other: Serving): Promise<boolean> {
  const [first, second] = [await asked(one), await asked(other)];
  return first[0] === 200 && second[0] === 200 && Number(second[1]) === Number(first[1]) - 1;
}

/** Whoever asks, and counts. On a busy machine nobody may be able to decide in time: of such a request nobody knows whether it was charged. */
class Caller {
  asked = 0;
  admitted = 0;

  /** What is left; undefined where nobody could decide. */
  async ask(gateway: Serving): Promise<number | undefined> {
    this.asked++;
    const [status, left] = await asked(gateway);
    if (status !== 200 && status !== 503) throw new Error(`expected an answer that a gateway gives, got ${status}`);
    if (status === 503) return undefined;
    this.admitted++;
    return Number(left);
  }

  async left(gateway: Serving): Promise<number> {
    let left: number | undefined;
    await until('an answer', async () => (left = await this.ask(gateway)) !== undefined);
    return left!;
  }
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
    await until('both to count together', () => countTogether(...gateways));
    await redis.kill();
    // A quota is closed while nobody knows what is left of it.
    expect((await asked(gateways[0]))[0]).toBe(503);
    await redis.start();
    await until('both to count together again', () => countTogether(...gateways));
    await endAll(gateways);
  });

  it('leases hot limits from it, lets in no more, and gives back what is left when it ends', async () => {
    await using redis = await startRedis();
    const { url } = await startedApi((_, response) => response.end());
    const place = ['--redis', `redis://127.0.0.1:${redis.port}`, '--lease', '--admin', '127.0.0.1:0'];
    const gateways = [await serve(POLICY, url, ...place), await serve(POLICY, url, ...place)] as const;
    const alone = await serve(POLICY, url, ...place.slice(0, 2));
    const caller = new Caller();
    for (const one of [...gateways, alone]) await caller.left(one);
    // Whoever leases nothing sees what the others have drawn as if it were spent.
    let drawn = 0;
    await until('something to be drawn', async () => {
      for (let i = 0; i < 100; i++) await caller.ask(gateways[i % 2]!);
      drawn = await caller.left(alone);
      return drawn < LIMIT - caller.asked - FEW;
    });
    const metrics = await (await fetch(`${gateways[0].adminUrl}/metrics`)).text();
    expect(Number(/^headgate_leased_total (\d+)/m.exec(metrics)?.[1])).toBeGreaterThan(0);
    await endAll(gateways);
    const left = await caller.left(alone);
    expect(left).toBeLessThanOrEqual(LIMIT - caller.admitted);
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

import { describe, expect, it } from 'vitest';
import { ok, scripted, START } from '../../../test/client/scripted.ts';
import { declare } from '../limits/index.ts';
import { plan } from './index.ts';

const told = (_: unknown, nth: number): Response =>
  ok({ 'ratelimit-policy': '"m";q=10;w=60', ratelimit: `"m";r=${10 - nth};t=60` });

describe('a plan', () => {
  it('tells when so many would have been sent, and whether in time', async () => {
    const { world, api } = scripted(told);
    await world.run(Promise.all([1, 2, 3, 4].map(() => api('https://api.test/'))));
    const nowMs = world.nowMs;
    const after = (requests: number): number => (plan(api, { requests, nowMs }).lastAtMs ?? 0) - START;
    expect(after(6)).toBe(nowMs - START);
    expect(after(7)).toBeGreaterThanOrEqual(60_100);
    expect(after(7)).toBeLessThan(60_500);
    expect(after(27)).toBeLessThan(180_500);
    const by = (s: number): unknown => plan(api, { requests: 27, nowMs, byMs: START + s * 1000 });
    expect([by(181), by(120)]).toMatchObject([{ fits: true, binding: 'm' }, { fits: false }]);
  });

  it('goes by declared limits before anything was sent, the slowest of them', async () => {
    const limits = declare({
      burst: { rate: '5/s', algorithm: 'fixed' },
      bucket: { rate: '1/s', algorithm: 'bucket', burst: 10 },
    });
    const { world, api } = scripted(() => ok(), { limits });
    await world.run(api('https://api.test/'));
    const { lastAtMs = 0, binding } = plan(api, { requests: 30, limits, nowMs: world.nowMs });
    expect(binding).toBe('bucket');
    expect((lastAtMs - START) / 1000).toBeGreaterThan(20);
    expect((lastAtMs - START) / 1000).toBeLessThan(22);
  });

  it('knows what is declared before the first request, and counts what waits and what is under way', async () => {
    const limits = declare({ a: { rate: '10/minute', algorithm: 'fixed' } });
    const { world, api } = scripted(() => ok(), { limits });
    const at = (requests: number): number =>
      (plan(api, { requests, limits, nowMs: world.nowMs }).lastAtMs ?? 0) - START;
    expect([at(10), at(11), at(25)]).toEqual([0, 60_000, 120_000]);
    const all = Array.from({ length: 25 }, () => api('https://api.test/'));
    await world.run(Promise.race(all));
    // One has been answered, nine are under way and fifteen wait: five more fit into the third window.
    expect(at(5)).toBeGreaterThanOrEqual(120_000);
    expect(at(5)).toBeLessThan(120_300);
    expect(at(6)).toBeGreaterThanOrEqual(180_000);
    await world.run(Promise.all(all));
  });

  it.each([-1, NaN])('of %d requests is refused, with the reason', (requests) => {
    expect(() => plan(scripted(() => ok()).api, { requests })).toThrow('plan.requests: expected a number of requests');
  });

  it('does not know where no limit is known', () => {
    expect(plan(scripted(() => ok()).api, { requests: 5, byMs: START })).toEqual({
      lastAtMs: undefined,
      fits: undefined,
      binding: undefined,
    });
  });
});

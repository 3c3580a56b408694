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

  it('does not know where no limit is known', () => {
    expect(plan(scripted(() => ok()).api, { requests: 5, byMs: START })).toEqual({
      lastAtMs: undefined,
      fits: undefined,
      binding: undefined,
    });
  });
});

import { describe, expect, it } from 'vitest';
import { World } from '../../../test/client/sim/world.ts';
import { poll, type PollOptions } from './index.ts';

function job(
  doneAtMs: number,
  more: Partial<PollOptions<number>> = {},
): { world: World; asked: number[]; result: Promise<number> } {
  const world = new World(0);
  const asked: number[] = [];
  const ask = async (): Promise<number> => {
    asked.push(world.nowMs);
    return world.nowMs;
  };
  const result = poll({ ask, isDone: (atMs) => atMs >= doneAtMs, timer: world.timer, ...more });
  return { world, asked, result };
}

describe('a poller', () => {
  it.each([0, 10, 999, 1000])('never asks more than once a second: every %d ms', async (everyMs) => {
    const { world, asked, result } = job(5000, { everyMs, factor: 1 });
    await world.run(result);
    expect(asked).toEqual([1000, 2000, 3000, 4000, 5000]);
  });

  it('asks ever less often, up to a bound', async () => {
    const { world, asked, result } = job(60_000, { factor: 2, mostMs: 8000 });
    await world.run(result);
    expect(asked.slice(0, 6)).toEqual([1000, 3000, 7000, 15_000, 23_000, 31_000]);
  });

  it('asks once when a webhook tells, and makes sure now and then that none was lost', async () => {
    const world = new World(0);
    const webhook = world.sleep(4200);
    const { asked, result } = job(4200, { webhook, timer: world.timer, ask: async () => world.nowMs });
    expect(await world.run(result)).toBe(4200);
    expect(asked).toEqual([]);
    const lost = job(25_000, { webhook: new Promise(() => {}), factor: 1 });
    await lost.world.run(lost.result);
    expect(lost.asked).toEqual([10_000, 20_000, 30_000]);
  });

  it.each([{ everyMs: NaN }, { factor: NaN }, { mostMs: NaN }, { factor: 0, mostMs: -1 }])(
    'keeps to a second where %j makes no sense',
    async (more) => {
      const { world, asked, result } = job(3000, { factor: 1, ...more });
      await world.run(result);
      expect(asked).toEqual([1000, 2000, 3000]);
    },
  );

  it('does not ask at once, and again, because a webhook failed', async () => {
    const { world, asked, result } = job(20_000, { webhook: Promise.reject(new Error('lost')), factor: 1 });
    await world.run(result);
    expect(asked).toEqual([10_000, 20_000]);
  });

  it('waits out the second when a webhook tells right after a question', async () => {
    const world = new World(0);
    const asked: number[] = [];
    const ask = async (): Promise<number> => asked.push(world.nowMs);
    await world.run(poll({ ask, isDone: (nth) => nth === 2, webhook: world.sleep(10_300), timer: world.timer }));
    expect(asked).toEqual([10_000, 11_000]);
  });

  it('ends with an abort, and with what asking fails with', async () => {
    const controller = new AbortController();
    const { world, result, asked } = job(1e9, { signal: controller.signal });
    world.after(1500, () => controller.abort(new Error('enough')));
    await expect(world.run(result)).rejects.toThrow('enough');
    expect([world.nowMs, asked.length]).toEqual([1500, 1]);
    const failing = job(1, { ask: async () => Promise.reject(new Error('down')) });
    await expect(failing.world.run(failing.result)).rejects.toThrow('down');
  });
});

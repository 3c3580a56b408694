import { describe, expect, it } from 'vitest';
import { World } from '../../../test/client/sim/world.ts';
import { createBatch } from './index.ts';

describe('a batch', () => {
  it('folds the calls of a moment into one request, and gives each its own result', async () => {
    const world = new World(0);
    const sent: (readonly number[])[] = [];
    const send = async (items: readonly number[]): Promise<number[]> => {
      sent.push(items);
      return items.map((item) => item * 2);
    };
    const double = createBatch({ send, most: 20, timer: world.timer });
    const results = Promise.all([1, 2, 3].map((item) => double(item)));
    world.after(11, () => void double(9));
    expect(await world.run(results)).toEqual([2, 4, 6]);
    await world.run(world.sleep(50));
    expect(sent).toEqual([[1, 2, 3], [9]]);
  });

  it('is sent at once when it is full, and never holds more', async () => {
    const world = new World(0);
    const sizes: number[] = [];
    const send = async (items: readonly number[]): Promise<readonly number[]> => {
      sizes.push(items.length);
      return items;
    };
    const same = createBatch({ send, most: 20, timer: world.timer });
    await world.run(Promise.all(Array.from({ length: 45 }, (_, i) => same(i))));
    expect(sizes).toEqual([20, 20, 5]);
  });

  it('sends equal items once', async () => {
    const world = new World(0);
    const sent: string[] = [];
    const send = async (items: readonly string[]): Promise<readonly string[]> => {
      sent.push(...items);
      return items;
    };
    const get = createBatch({ send, most: 9, same: (item) => item, timer: world.timer });
    expect(await world.run(Promise.all([get('a'), get('b'), get('a')]))).toEqual(['a', 'b', 'a']);
    expect(sent).toEqual(['a', 'b']);
  });

  it('fails an item alone for its own error, and all for everybody’s', async () => {
    const world = new World(0);
    const send = async (items: readonly number[]): Promise<readonly (number | Error)[]> => {
      if (items.includes(0)) throw new Error('down');
      return items.map((item) => (item > 1 ? new Error(`no ${item}`) : item));
    };
    const call = createBatch({ send, most: 2, timer: world.timer });
    const settled = await world.run(Promise.allSettled([call(1), call(2), call(0), call(1)]));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
    const short = createBatch({ send: async () => [], most: 1, timer: world.timer });
    await expect(world.run(short(1))).rejects.toThrow('expected 1 results, got 0');
  });

  it('settles every call, whatever `send` does', async () => {
    const world = new World(0);
    const outcomes = async (send: () => unknown): Promise<unknown[]> => {
      // A cast: what JavaScript may do all the same.
      const call = createBatch<number, unknown>({ send: send as never, most: 9, timer: world.timer });
      const settled = await world.run(Promise.allSettled([call(1), call(2)]));
      return settled.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason)));
    };
    const thrown = (): never => {
      throw new Error('at once');
    };
    expect(await outcomes(thrown)).toEqual(['Error: at once', 'Error: at once']);
    expect(await outcomes(async () => undefined)).toEqual([expect.stringMatching('TypeError'), expect.anything()]);
    expect(await outcomes(async () => [null, undefined])).toEqual([null, undefined]);
    expect(await outcomes(async () => [0])).toEqual([0, 'Error: expected 2 results, got 1']);
  });
});

import { describe, expect, it } from 'vitest';
import { Expiring } from './expiring.ts';
import { Turns } from './turns.ts';

describe('what is remembered', () => {
  it('is forgotten in its time, and the oldest first when there is too much', () => {
    const some = new Expiring<number>(2);
    some.set('a', 1, 100);
    some.set('b', 2, 100);
    some.set('a', 3, 50);
    some.set('c', 4, 100);
    expect(['a', 'b', 'c'].map((key) => some.get(key, 49))).toEqual([3, undefined, 4]);
    expect(['a', 'b', 'c'].map((key) => some.get(key, 50))).toEqual([undefined, undefined, 4]);
    some.delete('c');
    expect(some.get('c', 0)).toBeUndefined();
  });
});

describe('turns', () => {
  const never = new AbortController().signal;

  it('are taken by so many at once, at any time, in the order they came', async () => {
    const turns = new Turns(2);
    const went: number[] = [];
    const go = async (i: number): Promise<void> => {
      await turns.take(never);
      went.push(i);
    };
    await Promise.all([go(0), go(1)]);
    const others = [go(2), go(3)];
    turns.end();
    await others[0];
    const late = go(4);
    await Promise.resolve();
    expect(went).toEqual([0, 1, 2]);
    turns.end();
    turns.end();
    await Promise.all([...others, late]);
    expect(went).toEqual([0, 1, 2, 3, 4]);
  });

  it('are left by those who can wait no longer, and go to the next', async () => {
    const turns = new Turns(1);
    await turns.take(never);
    const stop = new AbortController();
    const first = turns.take(stop.signal);
    const second = turns.take(never);
    stop.abort();
    await expect(first).rejects.toThrow('no turn in time');
    await expect(turns.take(AbortSignal.abort())).rejects.toThrow('no turn in time');
    turns.end();
    await second;
  });
});

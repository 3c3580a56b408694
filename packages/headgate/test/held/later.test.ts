import { beforeEach, describe, expect, it } from 'vitest';
import { createGate, type Gate, type LaterGate } from '../../src/held/index.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { manualClock, type ManualClock } from '../../src/testing/index.ts';
import { FaultyStore, settled, Times } from '../later/faulty-store.ts';
import { laterStore } from '../later/later-store.ts';

const LIMITS = {
  calls: { rate: '9/minute', algorithm: 'fixed' },
  running: { concurrency: 2, lease: '10m' },
  spend: { quota: '20/day', hold: '1m', grants: true },
  stored: { level: 50 },
} as const;
type Name = keyof typeof LIMITS;
type Either = Gate<Name> | LaterGate<Name>;

let clock: ManualClock;
let ids: { of: number };
const newId = (): string => `r${ids.of++}`;

beforeEach(() => {
  clock = manualClock();
  ids = { of: 0 };
});

/** All that can be asked, in a row, as it is told. */
async function told(gate: Either): Promise<unknown> {
  const first = await gate.decide('k', { cost: { calls: 1, running: 1, spend: 5, stored: 7 }, requestId: 'q' });
  const again = await gate.decide('k', { cost: { calls: 1, running: 1, spend: 5, stored: 7 }, requestId: 'q' });
  const second = await gate.decide('k', { cost: { running: 1 } });
  const third = await gate.decide('k', { cost: { running: 1 } });
  return JSON.stringify([
    first, again, again.replayed, second, third, third.reservation?.id,
    await first.renew(), await first.settle({ spend: 3 }), await first.settle({ spend: 3 }), await third.release(),
    await gate.reservation('k', second.reservation?.id ?? '').release(),
    await gate.peek('k'), await gate.adjust('k', { stored: -2 }), await gate.grant('k', { id: 'g', units: { spend: 4 } }),
    await gate.grant('k', { id: 'g', units: { spend: 4 } }), await gate.refund('k', 'nobody'), await gate.reset('k'),
    await gate.peek('k'),
  ]); // prettier-ignore
}

describe('a gate over a store that answers later', () => {
  it('tells, of all that it is asked, what one over a store that answers at once does', async () => {
    const now = await told(createGate({ limits: LIMITS, clock, newId, store: memoryStore({ clock }) }));
    ids.of = 0;
    const later = createGate({ limits: LIMITS, clock, newId, store: laterStore(memoryStore({ clock })) });
    expect(later.decide('other')).toBeInstanceOf(Promise);
    ids.of = 0;
    expect(await told(later)).toEqual(now);
  });

  it('makes its periods anew when the store says that they are over', async () => {
    const gate = createGate({ limits: { day: { quota: '2/day' } }, clock, store: laterStore(memoryStore({ clock })) });
    expect((await gate.decide('k')).remaining).toBe(1);
    clock.advance(400 * 86_400_000);
    expect((await gate.decide('k')).remaining).toBe(1);
  });

  it('rejects whatever is wrong, and throws nothing at once', async () => {
    const gate = createGate({ limits: LIMITS, clock, store: laterStore(memoryStore({ clock })) });
    const wrong = gate.decide('k', { cost: -1 });
    await expect(wrong).rejects.toMatchObject({ code: 'ERR_COST' });
    const held = await gate.decide('k', { cost: { spend: 1 } });
    await expect(held.settle(0.5)).rejects.toMatchObject({ code: 'ERR_COST' });
    expect((await held.settle(1)).status).toBe('ok');
  });

  it('has back what is held when a block is left, before whatever comes after it', async () => {
    const gate = createGate({ limits: LIMITS, clock, store: laterStore(memoryStore({ clock })) });
    {
      await using held = await gate.decide('k', { cost: { running: 2 } });
      expect([held.allowed, (await gate.decide('k', { cost: { running: 1 } })).allowed]).toEqual([true, false]);
    }
    expect((await gate.decide('k', { cost: { running: 2 } })).allowed).toBe(true);
  });

  it('rejects while its store is away, holds what could not be settled, and is there again with it', async () => {
    const times = new Times(1e12);
    const store = new FaultyStore(memoryStore({ clock: times.clock }), times.timer);
    const gate = createGate({ limits: LIMITS, clock: times.clock, store });
    const held = await gate.decide('k', { cost: { spend: 5 } });
    store.mood = 'rejects';
    await expect(gate.decide('k')).rejects.toMatchObject({ code: 'ERR_STORE' });
    await expect(held.settle(2)).rejects.toMatchObject({ code: 'ERR_STORE' });
    {
      using left = await (store.mood = 'answers', gate.decide('k', { cost: { spend: 1 } })); // prettier-ignore
      store.mood = 'rejects';
      expect(left.allowed).toBe(true);
    }
    // Nobody is told of what could not be left, and nothing is thrown into the air.
    await settled();
    store.mood = 'answers';
    expect((await held.settle(2)).returned).toEqual({ running: 1, spend: 3 });
  });
});

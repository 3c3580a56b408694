import { describe, expect, it } from 'vitest';
import { HeadgateError, type Memos, type Step } from '../../../src/core/index.ts';
import { createHolds, type Notice } from '../../../src/http/index.ts';
import { memoryStore } from '../../../src/stores/memory/index.ts';
import { manualClock } from '../../../src/testing/index.ts';
import { forwarded, gateOf, START, type Asked } from '../../gate-of.ts';
import { said } from '../ended.ts';
import { memosOf, sharedStore } from './with-memos.ts';

const DAY_MS = 86_400_000;
const POLICY = `
identify: { key: { header: X-API-Key, find: any } }
operations: { pay: { match: POST /pay } }
meters: { spend: { unit: USD, precision: 2, cost: { reserve: any, actual: response.body.cost } } }
limits:
  day: { quota: $10/day, per: key, on: pay, cost: spend, past: [{ at: 50%, notify: o }, { at: 80%, notify: o }, { at: 100%, notify: o }, { deny: exceeded }] }
notify: { o: { log: info } }
`;

interface World {
  /** A process that begins now. */
  readonly start: () => Asked;
  readonly wait: (forMs: number) => void;
  readonly can: { be: boolean };
  readonly told: () => Promise<readonly number[]>;
}

function world(sort: 'shares' | 'restarts'): World {
  const clock = manualClock({ wallMs: START, monotonicMs: START });
  const [memory, kept, can] = [memoryStore({ clock }), memosOf(clock), { be: true }];
  const memos: Memos = {
    ...kept,
    put(...told) {
      if (!can.be) throw new HeadgateError('ERR_STORE', 'expected an answer, got none');
      return kept.put(...told);
    },
  };
  const store = { traits: memory.traits, memos, apply: (step: Step) => memory.apply(step) };
  const notices: Notice[] = [];
  return {
    can,
    wait: (forMs) => clock.advance(forMs),
    start: () =>
      gateOf(POLICY, {
        clock,
        store: sort === 'restarts' ? store : sharedStore(memory, kept),
        holds: createHolds(),
        onNotice: (notice) => notices.push(notice),
      }),
    async told() {
      // oxlint-disable-next-line no-await-in-loop -- one turn after another
      for (let i = 0; i < 100; i++) await Promise.resolve();
      return notices.splice(0).map(({ percent }) => percent);
    },
  };
}

async function pay({ wait }: Asked, cost: number): Promise<void> {
  forwarded(await wait({ method: 'POST', target: '/pay' })).end(said({ cost }));
}

describe.each(['shares', 'restarts'] as const)('a fill of a period (%s)', (sort) => {
  it('is told once, whichever process sees it, and again in the next period', async () => {
    const { start, told, wait } = world(sort);
    await pay(start(), 5);
    expect(await told()).toEqual([50]);
    await pay(start(), 1);
    expect(await told()).toEqual([]);
    const second = start();
    await pay(second, 2.5);
    expect(await told()).toEqual([80]);
    await pay(start(), 0.5);
    await pay(second, 0.5);
    await pay(start(), 1);
    expect(await told()).toEqual([100]);
    wait(DAY_MS);
    await pay(start(), 8);
    expect(await told()).toEqual([50, 80]);
  });

  it('is told once, where several processes see it at the same time', async () => {
    const { start, told } = world(sort);
    await Promise.all(Array.from({ length: 5 }, () => pay(start(), 1.7)));
    expect((await told()).toSorted((a, b) => a - b)).toEqual([50, 80]);
  });
});

it('a fill is told, and maybe told again, while nobody knows whether it was', async () => {
  const { start, told, can } = world('restarts');
  can.be = false;
  await pay(start(), 5);
  await pay(start(), 0);
  can.be = true;
  await pay(start(), 0);
  await pay(start(), 0);
  expect(await told()).toEqual([50, 50, 50]);
});

import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { gateOf } from '../gate-of.ts';

const POLICY = `
identify: { key: { header: X-API-Key, find: any } }
limits:
  told: { rate: 1000M/hour, algorithm: fixed, per: key, cost: { reserve: 1, actual: 'int(response.headers["x-tokens"])' } }
`;
const ENDING = {
  status: 200,
  reached: true,
  fields: ['x-tokens', '2'],
  body: { is: 'unread', why: 'unasked' },
  sentBytes: 17,
  tookMs: 1,
  torn: false,
} as const;
const ROUNDS = 6;
const REQUESTS = 2000;

/** The young collection, as a process has one many times a second. */
function collectYoung(): void {
  setFlagsFromString('--expose-gc');
  // Node's types know no way to it: it is there since the flag is set.
  (runInNewContext('gc') as (how: { type: 'minor' }) => void)({ type: 'minor' });
}

function oldBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space')?.space_used_size ?? 0;
}

describe('what a request held', () => {
  const { ask } = gateOf(POLICY);
  const exchanges = (count: number): void => {
    for (let i = 0; i < count; i++) {
      const handled = ask({ fields: [['X-API-Key', 'k']] });
      if (handled.kind !== 'forward') throw new Error(`refused: ${handled.status}`);
      handled.settle(200);
      handled.end(ENDING);
    }
  };

  // Whatever else is kept there meanwhile is bounded; what is kept of each request is not. A long collection would only lower it.
  it('is let go by the young collections, when it is over', () => {
    exchanges(5 * REQUESTS);
    collectYoung();
    const before = oldBytes();
    for (let i = 0; i < ROUNDS; i++) {
      exchanges(REQUESTS);
      collectYoung();
      collectYoung();
    }
    expect((oldBytes() - before) / (ROUNDS * REQUESTS)).toBeLessThan(200);
  });
});

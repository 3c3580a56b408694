import { describe, expect, it } from 'vitest';
import type { Ending } from '../../src/http/index.ts';
import { answered, forwarded, gateOf, KEY } from '../gate-of.ts';
import { ended } from './ended.ts';

const TWO = `${KEY}limits: { running: { concurrency: 2, per: key } }`;

/** However an exchange ends, it is over. */
const ENDINGS: readonly (readonly [name: string, ending: Ending])[] = [
  ['it was answered', ended()],
  ['it was refused by the API', ended({ status: 503 })],
  ['the API was not reached', ended({ status: undefined, reached: false })],
  ['the API never answered', ended({ status: undefined })],
  ['the answer was torn', ended({ torn: true, sentBytes: 3 })],
];

describe('permits of requests', () => {
  it.each(ENDINGS)('come back when %s, and once', (_, ending) => {
    const { ask } = gateOf(TWO);
    const first = forwarded(ask());
    forwarded(ask());
    expect(answered(ask()).status).toBe(429);
    first.end(ending);
    first.end(ending);
    forwarded(ask());
    expect(answered(ask()).status).toBe(429);
  });

  it('are held by an exchange that lasts longer than any lease', () => {
    const { ask, gate, clock } = gateOf(TWO);
    const long = [forwarded(ask()), forwarded(ask())];
    for (let i = 0; i < 100; i++) {
      clock.nowMs += 60_000;
      gate.tend();
    }
    expect(answered(ask()).status).toBe(429);
    for (const one of long) one.end(ended());
    forwarded(ask());
  });

  it('are worth a second’s wait, or as long as the policy says: nobody knows when they come back', () => {
    const wait = (hold: string): unknown => {
      const { ask } = gateOf(`${KEY}limits: { running: { concurrency: 1, per: key${hold} } }`);
      forwarded(ask());
      return answered(ask()).field('Retry-After');
    };
    expect([wait(''), wait(', hold: { hint: 5s }')]).toEqual(['1', '5']);
  });

  it('are told to their callers, and so is a limit of which something must be left when nothing is', () => {
    const { ask } = gateOf(`${KEY}limits:
  running: { concurrency: 2, per: key }
  sent: { rate: 100/h, per: key, cost: { reserve: any, actual: response.bytes } }
endpoints: { own: { match: GET /own } }`);
    forwarded(ask());
    forwarded(ask()).end(ended({ sentBytes: 500 }));
    const rows = answered(ask({ target: '/own' })).json()['limits'];
    expect(rows).toMatchObject([
      { name: 'running', kind: 'concurrency', limit: 2, used: 1, remaining: 1 },
      { name: 'sent', used: 100, remaining: 0 },
    ]);
  });

  it('cost nothing to a policy without any, and hand nothing to the API', () => {
    const { ask } = gateOf(`${KEY}limits: { calls: { rate: 5/m, per: key } }`);
    const { reads, hands } = forwarded(ask());
    expect([reads, hands]).toEqual([undefined, []]);
  });

  it('are handed to the API under an id that nobody guesses, and that ends nothing before the exchange does', () => {
    const { ask, gate } = gateOf(TWO, { randomId: () => 'a'.repeat(32) });
    const { hands, reads } = forwarded(ask());
    expect([hands, reads]).toEqual([['x-headgate-reservation', 'a'.repeat(32)], undefined]);
    expect(gate.resolve('a'.repeat(32), 'cancel')).toBe('unknown');
    expect(gate.resolve('b'.repeat(32), 'cancel')).toBe('unknown');
    expect(gate.resolve('b'.repeat(32), 'cancel')).toBe('unknown');
  });
});

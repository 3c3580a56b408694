import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KEY } from '../gate-of.ts';
import { delaying, fates } from './time.ts';

const COST = `cost: 'int(request.query["cost"])'`;
const bucket = (words: string): string =>
  `${KEY}limits: { calls: { rate: 10/second, algorithm: bucket, burst: 2, per: key, ${COST}, past: { delay: { ${words} } } } }`;

describe('a bucket that holds back', () => {
  it('books the instant of each: nobody is asked twice, and who comes later waits behind', async () => {
    const { call, pass, timers } = delaying(bucket('upTo: 1s, queue: 5'));
    const calls = ['a', 'b', 'c', 'd', 'e'].map((name) => call(name));
    expect(timers()).toBe(3);
    await pass(150);
    const late = call('f');
    await pass(1000);
    expect(fates([...calls, late])).toEqual(['a 0', 'b 0', 'c 100', 'd 200', 'e 300', 'f 400']);
  });

  it('refuses who would wait too long, and tells when there is no wait any more', async () => {
    const { call, pass } = delaying(bucket('upTo: 250ms, queue: 50'));
    const calls = ['a', 'b', 'c', 'd', 'e'].map((name) => call(name));
    await pass(1000);
    expect(fates(calls)).toEqual(['a 0', 'b 0', 'c 100', 'd 200', 'e !429 1']);
  });

  it('refuses whom it has no room for, and charges nothing for it', async () => {
    const { call, pass } = delaying(bucket('upTo: 60s, queue: 1'));
    const calls = ['a', 'b', 'c', 'd'].map((name) => call(name));
    await pass(100);
    const next = call('e');
    await pass(100);
    expect(fates([...calls, next])).toEqual(['a 0', 'b 0', 'c 100', 'd !429 1', 'e 200']);
  });

  it('frees the place of who leaves, at once', async () => {
    const { call, pass, timers } = delaying(bucket('upTo: 300ms, queue: 3'));
    const calls = ['a', 'b', 'c', 'd', 'e'].map((name) => call(name));
    await pass(0);
    calls[2]?.leave();
    await pass(0);
    const next = call('f');
    await pass(1000);
    expect(fates([...calls, next]).slice(3)).toEqual(['d 200', 'e 300', 'f 300']);
    expect(timers()).toBe(0);
  });

  it('is, decision for decision, a bucket whose tokens may be owed', async () => {
    const arrivals = fc.array(fc.record({ afterMs: fc.nat(400), cost: fc.integer({ min: 0, max: 3 }) }), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(arrivals, async (some) => {
        const { call, pass } = delaying(bucket('upTo: 500ms, queue: 1000'));
        let [atMs, missing, lastMs] = [0, 0, 0];
        const expected: string[] = [];
        const calls = [];
        for (const [i, { afterMs, cost }] of some.entries()) {
          await pass(afterMs); // oxlint-disable-line no-await-in-loop -- one after another
          atMs += afterMs;
          // A unit is a hundred parts, of which one flows in each ms.
          missing = Math.max(0, missing - (atMs - lastMs));
          lastMs = atMs;
          const waitMs = cost === 0 ? 0 : Math.max(0, missing + cost * 100 - 200);
          const isLetIn = cost <= 2 && waitMs <= 500;
          if (isLetIn) missing += cost * 100;
          expected.push(`${i} ${isLetIn ? atMs + waitMs : '!429'}`);
          calls.push(call(String(i), { cost }));
        }
        await pass(10_000);
        expect(fates(calls).map((fate) => fate.replace(/(!429).*/, '$1'))).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});

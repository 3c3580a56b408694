import { describe, expect, it } from 'vitest';
import { forwarded, KEY } from '../gate-of.ts';
import { delaying, fates } from './time.ts';

const COST = `cost: 'int(request.query["cost"])'`;
const FIXED = `${KEY}limits: { calls: { rate: 2/minute, algorithm: fixed, per: key, ${COST}, past: { delay: { upTo: 90s, queue: 3, order: 'int(request.query["order"])' } } } }
respond: { headers: { of: calls, fields: { X-Delay: "{delay:ms}" } } }`;

describe('a line before a counter', () => {
  it('lets in at the exact instant, in the order of arrival', async () => {
    const { call, pass } = delaying(FIXED);
    const calls = ['a', 'b', 'c', 'd'].map((name) => call(name));
    await pass(59_999);
    expect(fates(calls)).toEqual(['a 0', 'b 0', 'c …', 'd …']);
    await pass(1);
    expect(fates(calls)).toEqual(['a 0', 'b 0', 'c 60000', 'd 60000']);
    const last = calls[3]?.ended()?.handled;
    expect(last && forwarded(last).settle(200)).toEqual(['X-Delay', '60000']);
  });

  it('refuses at once who would wait too long, or finds it full, and tells how long it would be', async () => {
    const { call, pass } = delaying(FIXED);
    const calls = ['a', 'b', 'c', 'd', 'e'].map((name) => call(name));
    await pass(0);
    // The third who waits would be let in with the window after the next.
    expect(fates(calls)).toEqual(['a 0', 'b 0', 'c …', 'd …', 'e !429 120']);
    const { call: next, pass: go } = delaying(FIXED.replace('upTo: 90s', 'upTo: 10m'));
    const many = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => next(name));
    await go(0);
    expect(fates(many)).toEqual(['a 0', 'b 0', 'c …', 'd …', 'e …', 'f !429 120']);
    await go(119_999);
    expect(fates(many.slice(4))).toEqual(['e …', 'f !429 120']);
    const again = next('g');
    await go(1);
    expect(fates([...many.slice(4), again])).toEqual(['e 120000', 'f !429 120', 'g 120000']);
  });

  it('frees the place of who leaves, at once', async () => {
    const { call, pass, timers } = delaying(FIXED.replace('queue: 3', 'queue: 1'));
    const calls = ['a', 'b', 'c', 'd'].map((name) => call(name));
    await pass(1000);
    expect(fates(calls)).toEqual(['a 0', 'b 0', 'c …', 'd !429 60']);
    calls[2]?.leave();
    const late = call('e');
    await pass(59_000);
    expect(fates([late])).toEqual(['e 60000']);
    expect(timers()).toBe(0);
  });

  it('lets nobody overtake, however little it asks for', async () => {
    const { call, pass } = delaying(FIXED);
    const calls = [call('a'), call('b', { cost: 2 }), call('c')];
    await pass(0);
    expect(fates(calls)).toEqual(['a 0', 'b …', 'c !429 120']);
    const other = call('d', { key: 'other' });
    await pass(60_000);
    expect(fates([...calls, other])).toEqual(['a 0', 'b 60000', 'c !429 120', 'd 0']);
  });

  it('has an order of its own, where the policy says one', async () => {
    const { call, pass } = delaying(FIXED.replace('upTo: 90s', 'upTo: 10m'));
    const calls = [
      call('a'),
      call('b'),
      call('late', { order: 9 }),
      call('soon', { order: 1 }),
      call('sooner', { order: 0 }),
    ];
    await pass(180_000);
    expect(fates(calls)).toEqual(['a 0', 'b 0', 'late 120000', 'soon 60000', 'sooner 60000']);
  });

  it('refuses what never fits, and what another limit refuses for good', async () => {
    const { call, pass } = delaying(FIXED);
    const calls = [call('a', { cost: 3 })];
    await pass(0);
    expect(fates(calls)).toEqual(['a !429']);
    const both = delaying(FIXED.replace('limits: {', 'limits: { day: { quota: 3/day, per: key },'));
    const some = ['a', 'b', 'c', 'd'].map((name) => both.call(name));
    await both.pass(60_000);
    expect(fates(some).map((fate) => fate.split(' ', 2).join(' '))).toEqual(['a 0', 'b 0', 'c 60000', 'd !429']);
  });

  it('charges nothing while it waits, and asks nobody but at its instant', async () => {
    const { call, pass, timers, gate, clock } = delaying(FIXED);
    for (const name of ['a', 'b', 'c', 'd']) call(name);
    await pass(0);
    // One for each that ends its patience, and one for the head.
    expect(timers()).toBe(3);
    clock.nowMs += 30_000;
    expect(gate.held()).toEqual({ reservations: 0, named: 0 });
  });

  it('is woken when a permit comes back', async () => {
    const { call, pass } = delaying(
      `${KEY}limits: { jobs: { concurrency: 1, per: key, past: { delay: { upTo: 20s, queue: 2 } } } }`,
    );
    const calls = ['a', 'b', 'c', 'd'].map((name) => call(name));
    await pass(5500);
    expect(fates(calls)).toEqual(['a 0', 'b …', 'c …', 'd !429 1']);
    const [first] = calls;
    const handled = first?.ended()?.handled;
    if (handled === undefined) throw new Error('not answered');
    forwarded(handled).end({
      status: 200,
      reached: true,
      fields: [],
      body: { is: 'unread', why: 'absent' },
      sentBytes: 0,
      tookMs: 0,
      torn: false,
    });
    await pass(0);
    expect(fates(calls)).toEqual(['a 0', 'b 5500', 'c …', 'd !429 1']);
    await pass(15_000);
    expect(fates(calls)).toEqual(['a 0', 'b 5500', 'c !429 1', 'd !429 1']);
  });
});

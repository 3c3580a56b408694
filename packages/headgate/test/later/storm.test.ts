import fc from 'fast-check';
import { expect, it } from 'vitest';
import { guardStore } from '../../src/http/failing/guarded.ts';
import type { Forward } from '../../src/http/handled.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { gateOf, KEY, START, viewOf } from '../gate-of.ts';
import { ENDED, FaultyStore, settled, Times, type Mood } from './faulty-store.ts';

const AMOUNT = 40;
const POLICY = `${KEY}unidentified: unlimited
operations: { rest: { match: ANY /** } }
limits:
  month: { quota: ${AMOUNT}/month, per: key }
  running: { concurrency: 3, per: key, fail: closed }
  burst: { rate: 1000/1h, per: key }
endpoints: { mine: { match: GET /mine } }
`;

const event = fc.record({
  mood: fc.oneof(
    { weight: 4, arbitrary: fc.constant<Mood>('answers') },
    fc.constantFrom<Mood>('rejects', 'silent', 'deaf', 20, 120, 700),
  ),
  passMs: fc.constantFrom(0, 0, 1, 30, 200),
  /** Whether the oldest that is under way ends then. */
  ends: fc.boolean(),
});
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

interface Said {
  readonly left: Readonly<Record<string, number>>;
  readonly admitted: number;
  /** Whether all that was charged is known to have been. */
  readonly isSure: boolean;
  readonly longestMs: number;
  readonly owed: number;
}

/** All that happens, and then the store answers for a while. */
async function run(events: readonly Event[]): Promise<Said> {
  const times = new Times(START);
  const store = new FaultyStore(memoryStore({ clock: times.clock }), times.timer);
  const guard = guardStore(store, { clock: times.clock, timer: times.timer });
  const { gate } = gateOf(POLICY, { clock: times.clock, store: guard });
  const underWay: Forward[] = [];
  let [admitted, longestMs] = [0, 0];

  async function ask(): Promise<void> {
    const askedAtMs = times.clock.monotonicMs();
    const handled = await gate.handle(viewOf({ target: '/x' }));
    longestMs = Math.max(longestMs, times.clock.monotonicMs() - askedAtMs);
    if (handled.kind !== 'forward') return;
    admitted++;
    underWay.push(handled);
  }

  for (const { mood, passMs, ends } of events) {
    store.mood = mood;
    void ask();
    // oxlint-disable-next-line no-await-in-loop -- one after another
    await times.pass(passMs);
    if (ends) underWay.shift()?.end(ENDED);
  }
  store.mood = 'answers';
  await times.pass(3000);
  for (const one of underWay.splice(0)) one.end(ENDED);
  await settled();
  // The first may be the one by which is seen that it answers again.
  await gate.handle(viewOf({ target: '/mine' }));
  // What is owed is carried out one at a time, a few turns each.
  for (let i = 0; i <= events.length; i++) await settled(); // oxlint-disable-line no-await-in-loop -- one after another
  const handled = await gate.handle(viewOf({ target: '/mine' }));
  await settled();
  const body = handled.kind === 'answer' ? handled.body : '{}';
  const { limits = [] } = JSON.parse(body) as { limits?: readonly { name: string; remaining: number }[] }; // as it is told
  const left = Object.fromEntries(limits.map(({ name, remaining }) => [name, remaining]));
  const isSure = guard.stats().lost === 0 && events.every(({ mood }) => mood !== 'deaf');
  return { left, admitted, isSure, longestMs, owed: guard.stats().owed };
}

it('whatever a store does, nobody waits longer, none is let in too much, and what was charged for nothing comes back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 30 }), async (events) => {
      const { left, admitted, isSure, longestMs, owed } = await run(events);
      expect(longestMs).toBeLessThanOrEqual(50);
      expect(owed).toBe(0);
      expect(left['month']).toBeLessThanOrEqual(AMOUNT - admitted);
      // Where an answer was lost, nobody knows.
      const all = { month: AMOUNT - admitted, running: 3 };
      expect(isSure ? left : all).toMatchObject(all);
    }),
    { numRuns: 200 },
  );
});

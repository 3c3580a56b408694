import { expect, it } from 'vitest';
import { createGate } from '../../src/held/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { freshFile, open } from './files.ts';

const DAY_MS = 86_400_000;
/** What is asked here is what stands in the file, however late a busy machine writes it. */
const deadlineMs = 60_000;
const WHO = { key: 'k', account: 'a' };

it('what ended is given back once, also where a sweep comes by a record that a question of another period has only touched', async () => {
  const clock = manualClock();
  const file = freshFile();
  let store = open({ file, clock });
  const limits = {
    month: { quota: '10/month', per: 'key' },
    stored: { level: 18, per: 'account', hold: '720h', lost: 'return' },
  } as const;
  const gate = createGate({ limits, store, clock, deadlineMs });
  await gate.adjust(WHO, { stored: 1 });
  await gate.decide(WHO, { cost: { stored: 5 } });
  clock.advance(62 * DAY_MS); // its hold is over, and so are the months that the gate knows

  // In one tick: a question that is told to ask again, and so many new keys that a sweep is due.
  const others = createGate({ limits: { seats: { level: 9, per: 'key' } }, store, clock, deadlineMs });
  const asked = [gate.decide(WHO, { cost: { stored: 5 } })];
  const fresh = Array.from({ length: 10 }, (_, i) => others.decide({ key: `new ${i}` }));
  expect((await asked[0])?.limits[1]?.remaining).toBe(12);
  await Promise.all(fresh);

  await store.close();
  store = open({ file, clock });
  const later = await createGate({ limits, store, clock, deadlineMs }).peek(WHO);
  expect(later.limits[1]?.remaining).toBe(12);
});

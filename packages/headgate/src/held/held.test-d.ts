import type { AsyncStore } from '../core/index.ts';
import { createGate, type Resolution } from './index.ts';

const gate = createGate({
  limits: { running: { concurrency: 5, lease: '10m' }, spend: { quota: '100/day', hold: '1m' }, calls: '5/minute' },
});

/** Names of limits are known where they are written: a typo is no cost. */
export function settled(key: string): void {
  using decision = gate.decide(key, { cost: { spend: 5 } });
  decision.settle({ spend: 3 });
  gate.reservation(key, 'id').settle({ spend: 3 });
  gate.adjust(key, { spend: -3 });
  // @ts-expect-error -- no such limit
  gate.decide(key, { cost: { spent: 5 } });
  // @ts-expect-error -- no such limit
  decision.settle({ spent: 3 });
  // @ts-expect-error -- no such limit
  gate.reservation(key, 'id').settle({ spent: 3 });
  // @ts-expect-error -- no such limit
  gate.adjust(key, { spent: 3 });
}

// @ts-expect-error -- a permit without a lease would never come back
createGate({ limits: { running: { concurrency: 5 } } });
// @ts-expect-error -- not a word of a level
createGate({ limits: { stored: { level: 5, lease: '1m' } } });
// @ts-expect-error -- one kind, and its own words
createGate({ limits: { both: { level: 5, concurrency: 5, lease: '1m' } } });

declare const later: AsyncStore;
const promising = createGate({ limits: { spend: { quota: '100/day', hold: '1m' } }, store: later, deadlineMs: 20 });

/** Over a store that answers later all of it is promised. */
export async function settledLater(key: string): Promise<void> {
  await using decision = await promising.decide(key, { cost: { spend: 5 } });
  const resolution: Promise<Resolution> = decision.settle({ spend: 3 });
  await resolution;
  // @ts-expect-error -- it is promised
  void promising.decide(key).allowed;
  // @ts-expect-error -- no such limit
  await promising.decide(key, { cost: { spent: 5 } });
}

// @ts-expect-error -- who answers at once waits for nobody
createGate({ limits: { calls: '5/minute' }, deadlineMs: 20 });

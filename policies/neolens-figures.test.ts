import { describe, expect, it } from 'vitest';
import type { Forward } from '../packages/headgate/src/http/handled.ts';
import { forwarded, gateOf } from '../packages/headgate/test/gate-of.ts';
import { policyText } from '../packages/server/test/support.ts';

/** One of each plan, and what it may load in a minute, and look at in a day. */
const PLANS = [
  ['public-demo', 10_000_000, 50],
  ['developer-demo', 100_000_000, 200],
  ['clinic-demo', 100_000_000, 2000],
] as const;

const made = (): ReturnType<typeof gateOf> => gateOf(policyText('neolens.yaml').replace('headgate: 1', ''));
const ended = (sentBytes: number): Parameters<Forward['end']>[0] => ({
  status: 200,
  reached: true,
  fields: [],
  body: { is: 'unread', why: 'absent' },
  sentBytes,
  tookMs: 1,
  torn: false,
});
const by = (key: string, target: string): Parameters<ReturnType<typeof made>['ask']>[0] => ({
  target,
  fields: [['Authorization', `Bearer ${key}`]],
});

describe('the figures of Neolens that its page leaves to contracts', () => {
  it.each(PLANS)('%s may load %i bytes a minute', (key, bytes) => {
    for (const [sentBytes, kind] of [
      [bytes - 1, 'forward'],
      [bytes, 'answer'],
    ] as const) {
      const { ask } = made();
      forwarded(ask(by(key, '/v1/images/ct'))).end(ended(sentBytes));
      expect(ask(by(key, '/v1/images/ct')).kind).toBe(kind);
    }
  });

  it.each(PLANS)('%s may look at so many studies a day: %i, %i', (key, _, most) => {
    const { ask, clock } = made();
    let passed = 0;
    for (let i = 0; i <= most; i++) {
      clock.nowMs += 1000; // within what a minute lets in
      const handled = ask(by(key, `/v1/studies/${i}`));
      if (handled.kind !== 'forward') continue;
      passed++;
      handled.end(ended(0));
    }
    expect(passed).toBe(most);
  });
});

/* oxlint-disable no-await-in-loop -- requests that follow one another are what is tested */
import { describe, expect, it } from 'vitest';
import { parsePolicy } from 'headgate/policy';
import { CASES } from './cases.ts';
import { exchange, written } from './raw.ts';
import { SERVERS } from './servers.ts';

/** Half a second past, so that what is rounded shows. */
const START_MS = Date.UTC(2026, 3, 11, 13, 0, 0, 500);

describe.each(Object.entries(SERVERS))('before an API, %s', (_, serve) => {
  it.each(CASES)('$name', async ({ policy, exchanges }) => {
    const clock = { nowMs: START_MS, monotonicMs: () => clock.nowMs, wallMs: () => clock.nowMs };
    const served = await serve({ policy: parsePolicy(`headgate: 1\n${policy}`), clock });
    try {
      for (const one of exchanges) {
        clock.nowMs += one.afterMs ?? 0;
        expect(written(await exchange(served.url, one))).toEqual(one.answer);
      }
    } finally {
      await served.close();
    }
  });
});

/* oxlint-disable no-await-in-loop -- requests that follow one another are what is tested */
import { describe, expect, it } from 'vitest';
import { parsePolicy } from 'headgate/policy';
import { CASES } from './cases.ts';
import { asFramed, exchange, written } from './raw.ts';
import { SERVERS } from './servers.ts';

/** Half a second past, so that what is rounded shows. */
const START_MS = Date.UTC(2026, 3, 11, 13, 0, 0, 500);

/**
 * Who has chosen a handler before we are asked cannot be told of another path, and a Web request has lost its request line: there,
 * a target that two programs could read in two ways is refused, or is read as the handler reads it. `bypass.test.ts` says that what
 * runs then is what was counted.
 */
const CHOSEN_BEFORE = new Set(['fastify', 'hono', 'fetch', 'nest on express', 'nest on fastify']);

/** An answer of 200, or of 4xx. */
const readOrRefused = [
  expect.toSatisfy((status: number) => status === 200 || (status >= 400 && status < 500)),
  expect.anything(),
  expect.anything(),
];

describe.each(Object.entries(SERVERS))('before an API, %s', (server, serve) => {
  it.each(CASES)('$name', async ({ policy, exchanges }) => {
    const clock = { nowMs: START_MS, monotonicMs: () => clock.nowMs, wallMs: () => clock.nowMs };
    const served = await serve({ policy: parsePolicy(`headgate: 1\n${policy}`), clock });
    try {
      for (const one of exchanges) {
        clock.nowMs += one.afterMs ?? 0;
        const message = await exchange(served.url, one);
        const isFree = one.isRespelled === true && CHOSEN_BEFORE.has(server);
        expect(written(message)).toEqual(isFree ? readOrRefused : asFramed(one.answer, message));
      }
    } finally {
      await served.close();
    }
  });
});

import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { HeadgateError, memoryStore, type AsyncStore, type Clock, type Outcome, type Step } from 'headgate';
import type { State } from '../../src/gateway/state.ts';
import { setUp } from '../set-up.ts';
import { ask, keepStateIn, until } from '../support.ts';

const KEY = { 'X-API-Key': 'k' };
const POLICY = `headgate: 1
identify: { key: { header: X-API-Key, find: any } }
unidentified: unlimited
operations: { orders: { match: ANY /orders }, rest: { match: ANY /** } }
limits:
  month: { quota: 5/month, per: key, on: [orders] }
  running: { concurrency: 1, per: key }
`;

/** What the store of a test does with each step that comes. */
type Act = (carryOut: () => Outcome) => Promise<Outcome>;
const ANSWERS: Act = async (carryOut) => carryOut();
const FAILS: Act = () => Promise.reject(new HeadgateError('ERR_STORE', 'expected an answer, got none'));

let act: Act = ANSWERS;
keepStateIn((clock: Clock): Promise<State> => {
  const memory = memoryStore({ clock });
  const store: AsyncStore = {
    traits: { ...memory.traits, name: 'moody' },
    apply: (step: Step) => act(() => memory.apply(step)),
    close: () => Promise.resolve(),
  };
  return Promise.resolve({ store, records: () => 0, overflowed: () => 0, close: () => Promise.resolve() });
});

afterEach(() => void (act = ANSWERS));

describe('a gateway whose store fails', () => {
  it('answers what its limits say, says so once, and goes on by itself when the store does', async () => {
    const { gateway } = await setUp((_, response) => response.end(), POLICY);
    act = FAILS;
    const statuses: number[] = [];
    for (const path of ['/orders', '/x', '/orders', '/x', '/orders'])
      // oxlint-disable-next-line no-await-in-loop -- one after another
      statuses.push((await ask(gateway.url + path, { headers: KEY })).status);
    expect(statuses).toEqual([503, 200, 503, 200, 503]);
    act = ANSWERS;
    await until(async () => (await ask(`${gateway.url}/orders`, { headers: KEY })).status === 200);
    const said = gateway.log.lines.filter(([line]) => line.startsWith('the store')).map(([line]) => line);
    expect(said).toEqual([
      'the store does not answer: limits do what their policy says for that',
      'the store answers again',
    ]);
    expect(gateway.log.denials[0]).toMatchObject({ status: 503, limit: 'month', degraded: true });
  });

  it('frees what a caller held who left before the store had answered, and never asks the API', async () => {
    let reached = 0;
    const { gateway } = await setUp((_, response) => {
      reached++;
      response.end();
    }, POLICY);
    let answer: (() => void) | undefined;
    act = (carryOut) => {
      const outcome = carryOut();
      return new Promise((resolve) => (answer = () => resolve(outcome)));
    };
    const sent = request(`${gateway.url}/x`, { headers: KEY, agent: false }).on('error', () => undefined);
    sent.end();
    await until(() => answer !== undefined);
    act = ANSWERS;
    sent.destroy();
    // It is held, for nobody; by the time that this is answered the gateway knows.
    expect((await ask(`${gateway.url}/x`, { headers: KEY })).status).toBe(429);
    answer?.();
    await until(async () => (await ask(`${gateway.url}/x`, { headers: KEY })).status === 200);
    expect(reached).toBe(1);
  });
});

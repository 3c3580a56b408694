import { createServer, type IncomingMessage } from 'node:http';
import express5 from 'express';
import { beforeEach, describe, expect, it } from 'vitest';
import { express, type NodeGate } from '../../src/adapters/express/index.ts';
import type { AnyDecision, AnyStore, Names, RequestDecision } from '../../src/adapters/kit/index.ts';
import { platformTimer } from '../../src/http/failing/deadlines.ts';
import { parsePolicy } from '../../src/policy/index.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { FaultyStore } from '../later/faulty-store.ts';
import { laterStore } from '../later/later-store.ts';
import { listening } from './framework.ts';
import { closeAfterwards } from './set-up.ts';

/** A rate whose limit says what is to become of requests while its store is away. */
const failing = (fail: string): ReturnType<typeof parsePolicy> =>
  parsePolicy(`
headgate: 1
identify: { anonymous: true }
limits: { calls: { rate: 10/minute, per: address, fail: ${fail} } }
respond: { headers: { of: calls, dialect: x-ratelimit } }
`);

type Gate = NodeGate<IncomingMessage, Names, true>;

let store: FaultyStore;
let told: string[];
/** What comes back when the handler is done. */
let handle: (gate: Gate, request: express5.Request) => unknown;

beforeEach(() => {
  store = new FaultyStore(memoryStore(), platformTimer);
  told = [];
  handle = () => null;
});

function gateOver(fail: string, nodes = 1): Gate {
  const onStoreChange = ({ is }: { readonly is: string }): void => void told.push(is);
  return express(failing(fail), { store, nodes, storeDeadlineMs: 500, onStoreChange });
}

async function appOf(fail: string, nodes?: number): Promise<() => Promise<unknown>> {
  const gate = gateOver(fail, nodes);
  const app = express5();
  app.use(gate);
  app.get('/', async (request, response) => void response.json(await handle(gate, request)));
  const { url, close } = await listening(createServer(app));
  closeAfterwards(close);
  return async () => {
    const answer = await fetch(url);
    const left = answer.headers.get('x-ratelimit-remaining');
    return [answer.status, left, answer.status === 200 ? await answer.json() : await answer.text()];
  };
}

describe('an app whose store answers later, and is away', () => {
  it.each([
    ['open', 1, [200, null, null]],
    ['local', 1, [200, '9', null]],
    ['local', 5, [200, '1', null]],
    ['closed', 1, [503, null, expect.stringContaining('temporary-reduced-capacity')]],
  ])('lets its limits decide: fail: %s of %j', async (fail, nodes, answer) => {
    const ask = await appOf(fail, nodes);
    store.mood = 'rejects';
    expect(await ask()).toEqual(answer);
  });

  it('is told once that it is away, and once that it is there again', async () => {
    const ask = await appOf('open');
    store.mood = 'rejects';
    for (let i = 0; i < 4; i++) await ask(); // oxlint-disable-line no-await-in-loop -- one after another
    expect(told).toEqual(['down']);
    store.mood = 'answers';
    await expect.poll(async () => (await ask(), told)).toEqual(['down', 'up']);
  });

  it.each([
    ['open', { allowed: true, remaining: null }],
    ['local', { allowed: true, remaining: 8 }],
    ['closed', { allowed: false, limit: 'calls', remaining: 0 }],
  ])('has its limits decide of a charge too: fail: %s', async (fail, answer) => {
    handle = (gate, request) => {
      store.mood = 'rejects';
      return gate.of(request).charge(2);
    };
    const ask = await appOf(fail);
    expect(await ask()).toEqual([200, '9', expect.objectContaining(answer)]);
  });

  it('gives back, when it is there again, what could not be given back, if it was not asked', async () => {
    const ask = await appOf('open');
    handle = async (gate, request) => {
      store.mood = 'rejects';
      // After three failures nobody asks it any more, and nobody who was not asked may have done it.
      for (let i = 0; i < 3; i++) await gate.of(request).charge(1); // oxlint-disable-line no-await-in-loop -- in a row
      return gate.of(request).refund();
    };
    expect(await ask()).toEqual([200, '9', 0]);
    store.mood = 'answers';
    handle = () => null;
    await expect.poll(async () => (await ask(), told)).toEqual(['down', 'up']);
    const [, left] = (await ask()) as [number, string];
    // Of the two that were let in since; the first is as if it had not been.
    expect(left).toBe('8');
  });
});

describe('a decision over a store that answers later', () => {
  const decisionIn = async (over: AnyStore, read: (decision: AnyDecision) => unknown): Promise<unknown> => {
    const gate = express('10/minute', { store: over });
    let seen: unknown;
    const app = express5();
    app.use(gate);
    app.get('/', (request, response) => {
      seen = read(gate.of(request));
      response.end();
    });
    const { url, close } = await listening(createServer(app));
    closeAfterwards(close);
    await fetch(url);
    return seen;
  };

  it('promises, and one over any other does not', async () => {
    const all = (given: AnyStore): Promise<unknown> =>
      decisionIn(given, (decision) => {
        const said: readonly unknown[] = [decision.charge(1), decision.refund(1), decision.settle(1)];
        return said.map((one) => one instanceof Promise);
      });
    expect(await all(memoryStore())).toEqual([false, false, false]);
    expect(await all(laterStore(memoryStore()))).toEqual([true, true, true]);
  });

  it('is not read before it is there: that is an error, and no refusal', async () => {
    const later = laterStore(memoryStore());
    expect(
      await decisionIn(later, (decision) => {
        try {
          return (decision as RequestDecision).charge(1).allowed; // as whoever does not look at types
        } catch (error) {
          return String(error);
        }
      }),
    ).toMatch(/ERR_ADAPTER_LATER: charge\(\)\.allowed: expected \(await charge\(\)\)\.allowed/);
  });

  it('rejects a cost that is none, and throws nothing at once', async () => {
    const later = laterStore(memoryStore());
    const said = decisionIn(later, async (decision) => {
      const charged = decision.charge({ nobody: 1 });
      return Promise.resolve(charged).catch(String);
    });
    expect(await said).toMatch(/ERR_COST/);
  });
});

import { describe, expect, it } from 'vitest';
import type { Handled } from '../../src/http/handled.ts';
import { answered, gateOf, KEY, viewOf } from '../gate-of.ts';

const OPERATIONS = `operations:
  read: { match: GET /items/:id }
  write: { match: PUT /items/:id }
  batch: { match: POST /batch, each: request.body.items, name: item.kind }
`;
const NAMED = `${KEY}${OPERATIONS}limits:
  reads: { rate: 10/hour, algorithm: fixed, per: key, on: read }
  writes: { rate: 3/hour, algorithm: fixed, per: key, on: write, cost: { by: request.method, POST: 1, else: 1 } }
  total: { rate: 100/hour, algorithm: fixed, per: key, cost: 2 }
respond: { headers: { of: [reads, writes, total], fields: { left: '{remaining}' }, join: ',' } }`;

interface Batching {
  readonly send: (body: unknown, target?: string) => Promise<Handled>;
  /** A request that is no batch. */
  readonly one: (method: string, target: string) => Promise<Handled>;
}

function batching(policy: string): Batching {
  const { gate } = gateOf(policy);
  const fields = [
    ['X-API-Key', 'k'],
    ['Content-Length', '9'],
  ] as const;
  return {
    send: async (body, target = '/batch') =>
      gate.handle(viewOf({ method: 'POST', target, fields }), async () => ({
        is: 'whole',
        bytes: new TextEncoder().encode(JSON.stringify(body)),
      })),
    one: async (method, target) => gate.handle(viewOf({ method, target })),
  };
}

const told = (handled: Handled): string | number =>
  handled.kind === 'answer' ? handled.status : (handled.settle(200)[1] ?? 'nothing');
const kinds = (...all: string[]): object => ({ items: all.map((kind) => ({ kind })) });

describe('a batch', () => {
  it('is its elements, each an operation by its name, summed where they meet', async () => {
    const { send, one } = batching(NAMED);
    expect(told(await send(kinds('read', 'read', 'write')))).toBe('8,2,94');
    expect(told(await one('GET', '/items/1'))).toBe('7,92');
  });

  it('says by what an element is named that is no operation', async () => {
    const refused = answered(await batching(NAMED).send(kinds('read', 'raed')));
    expect(refused.json()).toMatchObject({
      status: 400,
      detail: 'The limits of this request are told by item.kind, which is missing or not known.',
    });
  });

  it('passes whole or not at all', async () => {
    const { send } = batching(NAMED);
    const refused = answered(await send(kinds('read', 'write', 'write', 'write', 'write')));
    expect(refused.status).toBe(429);
    expect(told(await send(kinds('read', 'write', 'write', 'write')))).toBe('9,0,92');
    expect(told(await send(kinds('write')))).toBe(429);
    expect(told(await send(kinds('read')))).toBe('8,90');
  });

  it('that could never pass has no wait to tell', async () => {
    const refused = answered(await batching(NAMED).send(kinds(...new Array<string>(4).fill('write'))));
    expect([refused.status, refused.field('Retry-After')]).toEqual([429, undefined]);
  });

  it.each([
    ['a hundred and one elements', kinds(...new Array<string>(101).fill('read')), 429],
    ['an element of no operation', kinds('read', 'delete'), 400],
    ['an element without a name', { items: [{}] }, 400],
    ['no list', { items: 'read' }, 400],
    ['nothing', {}, 400],
    ['an empty list, which does nothing', { items: [] }, 'nothing'],
  ])('of %s', async (_, body, comes) => {
    expect(told(await batching(NAMED).send(body))).toBe(comes);
  });

  it('is as many of its own operation where its elements have no names, and limits read them', async () => {
    const { send } = batching(`${KEY}operations: { send: { match: POST /batch, each: request.body } }
limits:
  each: { rate: 2/hour, algorithm: fixed, per: [key, item.to], cost: 'has(item.n) ? item.n : 1' }
  sent: { rate: 9/hour, algorithm: fixed, per: key }
respond: { headers: { of: sent, fields: { left: '{remaining}' } } }`);
    expect(told(await send([{ to: 'a' }, { to: 'b' }, { to: 'a' }]))).toBe('6');
    expect(told(await send([{ to: 'a' }]))).toBe(429);
    expect(told(await send([{ to: 'b' }]))).toBe('5');
    expect(told(await send([{ to: 'c', n: 2 }]))).toBe('4');
    expect(told(await send([{ to: 'c' }, { to: 'd' }]))).toBe(429);
    expect(told(await send([{ to: 'd' }, { to: 'd' }]))).toBe('2');
  });

  it('costs one where nothing says that it is several, and one an item where its cost does', async () => {
    const { send } = batching(`${KEY}operations: { batch: { match: POST /batch } }
limits:
  calls: { rate: 100/hour, algorithm: fixed, per: key }
  items: { rate: 100/hour, algorithm: fixed, per: key, cost: size(request.body.items) }
respond: { headers: { of: [calls, items], fields: { left: '{remaining}' }, join: ',' } }`);
    expect(told(await send(kinds('a', 'b', 'c')))).toBe('99,97');
  });
});

describe('a partition of each', () => {
  const POLICY = `${KEY}operations: { send: { match: POST /batch } }
limits:
  inbox: { rate: 2/hour, algorithm: fixed, per: ["each(request.body.to)"] }
  sent: { rate: 9/hour, algorithm: fixed, per: key }
respond: { headers: { of: sent, fields: { left: '{remaining}' } } }`;

  it('charges every value once, and all of them or none', async () => {
    const { send } = batching(POLICY);
    expect(told(await send({ to: ['a', 'b', 'a'] }))).toBe('8');
    expect(told(await send({ to: ['a'] }))).toBe('7');
    expect(told(await send({ to: ['a', 'c'] }))).toBe(429);
    expect(told(await send({ to: ['b', 'c'] }))).toBe('6');
    expect(told(await send({ to: ['c'] }))).toBe('5');
    expect(told(await send({ to: ['c'] }))).toBe(429);
  });

  it('of what is no list is the one counter of all that lack it', async () => {
    const { send } = batching(POLICY);
    const all = [await send({}), await send({ to: 'a' }), await send({ to: 5 })];
    expect(all.map(told)).toEqual(['8', '7', 429]);
  });

  it('of more than a hundred values is never admitted', async () => {
    const values = Array.from({ length: 101 }, (_, i) => String(i));
    expect(told(await batching(POLICY).send({ to: values }))).toBe(429);
    expect(told(await batching(POLICY).send({ to: values.slice(1) }))).toBe('8');
  });
});

describe('a partition of what elements name', () => {
  const POLICY = `${KEY}operations: { send: { match: POST /batch } }
limits:
  inbox: { rate: 4/hour, algorithm: fixed, per: ['each(request.body.messages, item.to)'], cost: 'has(item.n) ? item.n : 1' }
  pairs: { rate: 3/hour, algorithm: fixed, per: [key, 'each(request.body.messages, item.to + "," + item.from)'] }
  sent: { rate: 99/hour, algorithm: fixed, per: key, cost: size(request.body.messages) }
respond: { headers: { of: sent, fields: { left: '{remaining}' } } }`;
  const messages = (...all: readonly object[]): object => ({ messages: all });

  it('is charged what each of them costs, summed where they meet, and all of them or none', async () => {
    const { send } = batching(POLICY);
    expect(
      told(await send(messages({ to: 'a', from: 'x', n: 2 }, { to: 'b', from: 'x' }, { to: 'a', from: 'x' }))),
    ).toBe('96');
    expect(told(await send(messages({ to: 'a', from: 'y', n: 2 })))).toBe(429);
    expect(told(await send(messages({ to: 'c', from: 'x' }, { to: 'a', from: 'y', n: 2 })))).toBe(429);
    expect(told(await send(messages({ to: 'c', from: 'x', n: 4 }, { to: 'a', from: 'y' })))).toBe('94');
    expect(told(await send(messages({ to: 'c', from: 'x' })))).toBe(429);
    expect(told(await send(messages({ to: 'b', from: 'x' }, { to: 'b', from: 'x' })))).toBe('92');
    expect(told(await send(messages({ to: 'b', from: 'x' })))).toBe(429); // the pair
  });

  it('that names nothing is the one counter of all that lack it', async () => {
    const { send } = batching(POLICY);
    expect(told(await send(messages({ from: 'x' }, { from: 'y' }, {}, { from: 'z' })))).toBe(429); // four of one pair
    expect(told(await send(messages({ from: 'x', to: 7 }, {}, {})))).toBe('96');
    expect(told(await send(messages({}, {})))).toBe(429);
  });

  it('of more than a hundred elements is never admitted', async () => {
    const many = (length: number): object => messages(...Array.from({ length }, (_, i) => ({ to: i, from: i, n: 0 })));
    expect(told(await batching(POLICY.replaceAll('99/hour', '999/hour')).send(many(101)))).toBe(429);
  });
});

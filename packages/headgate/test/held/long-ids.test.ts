import { describe, expect, it } from 'vitest';
import type { Handled, HttpGate } from '../../src/http/handled.ts';
import { gateOf, KEY, viewOf, type Spec } from '../gate-of.ts';
import { parseJson } from '../../src/http/index.ts';
import { ended } from './ended.ts';
import { world, type World } from './world.ts';

const DIGITS = '12345678901234567890';
/** A double is the same for both. */
const NEXT = '12345678901234567891';

function policyOf(id: string, poll = 'path.id', hook = 'request.body.job'): string {
  return `${KEY}operations:
  create: { match: POST /jobs }
  poll: { match: GET /jobs/:id }
  hook: { match: POST /hooks }
limits:
  running:
    concurrency: 2
    per: key
    on: create
    hold: { id: '${id}', lease: 1h, until: [{ on: poll, id: '${poll}', when: response.body.done }, { on: hook, id: '${hook}' }] }`;
}

const CREATE: Spec = { method: 'POST', target: '/jobs' };
const OWN = '"key " + string(response.body.id)';

interface Jobs extends World {
  /** What the API says, as JSON. */
  readonly says: (spec: Spec, text: string, status?: number) => string;
  readonly held: () => number;
}

function jobs(policy: string): Jobs {
  const all = world(policy);
  return {
    ...all,
    says: (spec, text, status = 200) => all.sendEnding(spec, { status, body: { is: 'json', value: parseJson(text) } }),
    held: () => all.gate.held().reservations,
  };
}

const poll = (id: string): Spec => ({ target: `/jobs/${id}` });

describe('an id that is a number of more digits than a double keeps', () => {
  it.each<[what: string, policy: string, created: string, polled: string, held: number]>([
    ['is the one in a path', policyOf('response.body.id'), `{"id":${DIGITS}}`, DIGITS, 0],
    ['is not the next one', policyOf('response.body.id'), `{"id":${DIGITS}}`, NEXT, 1],
    ['is not what a double makes of it', policyOf('response.body.id'), `{"id":${DIGITS}}`, '12345678901234567000', 1],
    ['may be below nothing', policyOf('response.body.id'), `{"id":-${DIGITS}}`, `-${DIGITS}`, 0],
    [
      'may be the first that is not kept',
      policyOf('response.body.id'),
      '{"id":9007199254740993}',
      '9007199254740993',
      0,
    ],
    ['may be text', policyOf('response.body.id'), `{"id":"${DIGITS}"}`, DIGITS, 0],
    ['may stand deep', policyOf('response.body.a[0].id'), `{"a":[{"id":${DIGITS}}]}`, DIGITS, 0],
    ['may be listed', policyOf('response.body.a[0]'), `{"a":[${DIGITS},7]}`, DIGITS, 0],
    ['may be made a name of', policyOf(OWN, '"key " + path.id'), `{"id":${DIGITS}}`, DIGITS, 0],
    ['and its neighbour are two names', policyOf(OWN, '"key " + path.id'), `{"id":${DIGITS}}`, NEXT, 1],
    ['leaves others in its body what they are', policyOf('response.body.id'), `{"id":7,"n":${DIGITS}}`, '7', 0],
  ])('%s', (_, policy, created, polled, held) => {
    const { says, held: left, reports } = jobs(policy);
    says(CREATE, created, 201);
    expect(left()).toBe(1);
    says(poll(polled), '{"done":true}');
    expect([left(), reports]).toEqual([held, []]);
  });

  it.each(['1e19', '1.5', '12345678901234567890.0'])('is none where it is written as %s', (id) => {
    const { says, reports } = jobs(policyOf('response.body.id'));
    says(CREATE, `{"id":${id}}`, 201);
    expect(reports.map(({ is }) => is)).toEqual(['unnamed']);
  });

  it('is one of several, each of which ends alone', () => {
    const { says, gate, held } = jobs(
      policyOf('response.body.ids').replace('on: create\n', 'on: create\n    cost: 2\n'),
    );
    says(CREATE, `{"ids":[${DIGITS},${NEXT}]}`, 201);
    expect(gate.held()).toEqual({ reservations: 1, named: 2 });
    says(poll(NEXT), '{"done":true}');
    expect(gate.held()).toEqual({ reservations: 1, named: 1 });
    says(poll(DIGITS), '{"done":true}');
    expect(held()).toBe(0);
  });

  it('is told by an event of the application, too', () => {
    const { says, held, gate } = jobs(
      policyOf('response.body.id').replace('{ on: hook, id', '{ on: app.over }, { on: hook, id'),
    );
    says(CREATE, `{"id":${DIGITS}}`, 201);
    const left = [NEXT, DIGITS].map((id) => {
      void gate.event('over', { facts: parseJson(`{"id":${id}}`) as Record<string, unknown> });
      return held();
    });
    expect(left).toEqual([1, 0]);
  });

  it('is found in whatever is so deep that its numbers cannot be looked at', () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const { says, held } = jobs(policyOf('response.body.id'));
    says(CREATE, `{"id":"a","b":${DIGITS},"c":${deep}}`, 201);
    says(poll('a'), '{"done":true}');
    expect(held()).toBe(0);
  });

  it('leaves costs and conditions the number that it is', () => {
    const policy = policyOf('response.body.id', 'path.id').replace('response.body.done', 'response.body.size > 5');
    const { says, held } = jobs(policy);
    says(CREATE, `{"id":${DIGITS}}`, 201);
    says(poll(DIGITS), `{"size":${DIGITS}}`);
    expect(held()).toBe(0);
  });

  it('ends what a body of a request names', async () => {
    const { says, held, gate } = jobs(policyOf('response.body.id'));
    says(CREATE, `{"id":${DIGITS}}`, 201);
    const left: number[] = [];
    for (const job of [NEXT, DIGITS]) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      const handled = await brought(gate, '/hooks', `{"job":${job}}`);
      if (handled.kind === 'forward') handled.end(ended({ status: 204 }));
      left.push(held());
    }
    expect(left).toEqual([1, 0]);
  });
});

function brought(gate: HttpGate, target: string, body: string): Promise<Handled> {
  const bytes = new TextEncoder().encode(body);
  const fields = [
    ['X-API-Key', 'k'],
    ['Content-Length', String(bytes.length)],
  ] as const;
  return Promise.resolve(gate.handle(viewOf({ method: 'POST', target, fields }), async () => ({ is: 'whole', bytes })));
}

describe('counters by a number of more digits than a double keeps', () => {
  const [A, B] = [`{"to":${DIGITS},"n":2}`, `{"to":${NEXT},"n":3}`];
  const [ALL, BATCH] = [`{"to":[${A},${B}]}`, `{"items":[${A},${B},${A}]}`];

  it.each<[what: string, limit: string, bodies: readonly string[], passes: readonly boolean[]]>([
    [
      'are two for two of them',
      '2/hour, per: [key, request.body.to]',
      [A, B, A, B, A],
      [true, true, true, true, false],
    ],
    [
      'are one for each that a list names',
      '1/hour, per: "each(request.body.to.map(one, one.to))"',
      [ALL, ALL],
      [true, false],
    ],
    [
      'are one for each that elements name',
      '3/hour, per: "each(request.body.to, item.to)", cost: item.n',
      [ALL],
      [true],
    ],
    [
      'charge each of different values, and the same once',
      '2/hour, per: key, distinct: request.body.to',
      [A, B, A],
      [true, true, true],
    ],
    ['charge no third value', '1/hour, per: key, distinct: request.body.to', [A, B], [true, false]],
    ['tell elements of a batch apart', '2/hour, per: [key, item.to]', [BATCH, BATCH], [true, false]],
  ])('%s', async (_, limit, bodies, passes) => {
    const { gate } = gateOf(`${KEY}operations:
  send: { match: POST /items }
  batch: { match: POST /batch, each: request.body.items }
limits: { calls: { algorithm: fixed, on: ${limit.includes('item.to]') ? 'batch' : 'send'}, rate: ${limit} } }`);
    const seen: boolean[] = [];
    for (const body of bodies)
      // oxlint-disable-next-line no-await-in-loop -- one after another
      seen.push((await brought(gate, body.includes('items') ? '/batch' : '/items', body)).kind === 'forward');
    expect(seen).toEqual(passes);
  });
});

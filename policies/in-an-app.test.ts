/* oxlint-disable no-await-in-loop -- requests that follow one another are what is compared */
import { describe, expect, it } from 'vitest';
import { ask, policyText, type Answer } from '../packages/server/test/support.ts';
import { behind, inExpress, inFastify, type Serve } from './places.ts';
import { bearer } from './served.ts';

/** Of the connection, or of this one answer. */
const NOT_COMPARED = new Set(['date', 'connection', 'keep-alive', 'x-request-id', 'via', 'transfer-encoding']);

function told({ status, headers, body }: Answer): unknown {
  const fields = Object.entries(headers).filter(([name]) => !NOT_COMPARED.has(name));
  return [
    status,
    fields.map(([name, value]) => `${name}: ${String(value)}`).toSorted((a, b) => (a < b ? -1 : 1)),
    body,
  ];
}

type Exchange = readonly [
  request: string,
  headers: Record<string, string>,
  body?: string | undefined,
  afterMs?: number,
];

const many = (count: number, ...exchange: Exchange): readonly Exchange[] =>
  Array.from({ length: count }, () => exchange);
const KEY = bearer('dk_1');
const FREE = { Cookie: 'session=free-demo' };
const MINUTE_MS = 60_000;

const PAGES: readonly (readonly [page: string, exchanges: readonly Exchange[]])[] = [
  [
    'deepcreative',
    [
      ...many(6, 'POST /v1/predictions', KEY, '{}'),
      ['GET /v1/predictions/p1', KEY],
      ['POST /v1/predictions/p2/cancel', KEY],
      ['POST /v1/predictions', KEY, '{}', 1500],
      ['POST /v1/predictions', KEY, '{}'],
      ...many(53, 'GET /v1/models', KEY),
      ['GET /v1/broken', KEY, undefined, MINUTE_MS],
      ['GET /v1/models', {}],
      ...many(3, 'POST /v1/predictions', bearer('dk_budget_demo'), '{}'),
      ['POST /v1/predictions', bearer('dk_budget_demo'), '{}'],
      ...many(2, 'GET /v1/predictions/p1', bearer('dk_calm_demo')),
      ['GET /v1/predictions/p1', bearer('dk_calm_demo'), undefined, 1000],
      ['GET /v1/models', { 'X-API-Key': 'dk_enterprise_demo' }],
      ['HEAD /v1/models', KEY],
    ],
  ],
  [
    'aionvision',
    [
      ...many(31, 'GET /v1/files', bearer('starter-demo')),
      ['GET /v1/files', bearer('free-demo')],
      ['GET /v1/files', bearer('nobody')],
      ['GET /v1/files', {}],
      ...many(11, 'POST /v1/chat', FREE, '{}'),
      ...many(16, 'POST /v1/files/f1/describe', FREE, '{}'),
      ['PUT /v1/upload/presigned/one', FREE, 'x'.repeat(1000)],
      ['DELETE /v1/files/f1', FREE],
      ['PUT /v1/upload/presigned/two', { ...FREE, 'Content-Type': 'image/png' }, 'x'.repeat(1000)],
      ['GET /v1/files', bearer('custom-demo'), undefined, MINUTE_MS],
    ],
  ],
];

async function answersOf(serve: Serve, page: string, exchanges: readonly Exchange[]): Promise<unknown[]> {
  const place = await serve(policyText(`${page}.yaml`));
  const answers: unknown[] = [];
  for (const [request, headers, body, afterMs = 0] of exchanges) {
    place.clock.nowMs += afterMs;
    const [method = '', path = ''] = request.split(' ');
    answers.push([
      request,
      told(await ask(place.url + path, { method, headers, ...(body !== undefined && { body }) })),
    ]);
  }
  await place.close();
  return answers;
}

describe.each(PAGES)('the policy of %s', (page, exchanges) => {
  it.each([
    ['Express', inExpress],
    ['Fastify', inFastify],
  ])('answers byte for byte in an app of %s what the gateway does before an API', async (_, serve) => {
    const answers = await answersOf(serve, page, exchanges);
    expect(answers).toEqual(await answersOf(behind, page, exchanges));
    expect(new Set(JSON.stringify(answers).match(/(?<=,\[)\d{3}/g))).toContain('429');
  });
});

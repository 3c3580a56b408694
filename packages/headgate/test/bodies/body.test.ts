import { describe, expect, it } from 'vitest';
import type { Bring, Brought } from '../../src/http/request.ts';
import type { Handled } from '../../src/http/handled.ts';
import { answered, forwarded, gateOf, KEY, viewOf, type Spec } from '../gate-of.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const POST: Spec = {
  method: 'POST',
  target: '/chat',
  fields: [
    ['X-API-Key', 'k'],
    ['Content-Length', '5'],
  ],
};

/** A server that brings one body, and counts how often it was asked to. */
function server(brought: Brought | string): { readonly bring: Bring; readonly asked: number[] } {
  const asked: number[] = [];
  const answer: Brought = typeof brought === 'string' ? { is: 'whole', bytes: bytes(brought) } : brought;
  return { asked, bring: async (maxBytes) => (asked.push(maxBytes), answer) };
}

async function send(policy: string, brought: Brought | string, spec: Spec = POST): Promise<Handled> {
  return gateOf(KEY + policy).gate.handle(viewOf(spec), server(brought).bring);
}

const LIMIT = 'limits: { a: { rate: 100/hour, per: key, cost: request.body.n } }\n';

describe('a body', () => {
  it.each([
    ['a cost', LIMIT],
    ['a partition', 'limits: { a: { rate: 100/hour, per: [key, request.body.n] } }'],
    ['a condition', `limits: { a: { rate: 100/hour, per: key, when: 'request.body.n == 1' } }`],
    ['a figure', 'limits: { a: { rate: { by: request.body.n, "5": 5/hour, else: 1/hour }, per: key } }'],
    ['a derived attribute', `derive: { n: request.body.n }\nlimits: { a: { rate: 1/hour, per: subject.n } }`],
    ['a precondition', `require: { a: { that: 'request.body.n == 5', else: { status: 403 } } }`],
    [
      'a choice of operations',
      `operations: { a: { match: POST /chat, when: 'request.body.n == 5' }, b: { match: ANY /** } }`,
    ],
    [
      'the weight of an operation',
      `operations: { a: { match: POST /chat, weight: request.body.n } }\nlimits: { a: { rate: 9/hour, per: key, cost: operation.weight } }`,
    ],
    ['what is settled', 'limits: { a: { rate: 9/hour, per: key, cost: { reserve: any, actual: request.body.n } } }'],
    ['a size', 'limits: { a: { size: 9, of: request.body.n } }'],
    ['an answer', `${LIMIT}respond: { exceeded: { body: "{= request.body.n }" } }`],
  ])('is read for %s', async (_, policy) => {
    const { bring, asked } = server('{"n":5}');
    const handled = await gateOf(KEY + policy).gate.handle(viewOf(POST), bring);
    expect([asked.length, handled.kind]).toEqual([1, 'forward']);
  });

  it.each([
    ['no limit', 'limits: { a: { rate: 1/hour, per: key } }', POST],
    [
      'another operation',
      `operations: { a: { match: PUT /chat }, b: { match: POST /chat } }\nlimits: { a: { rate: 9/hour, per: key, on: a, cost: request.body.n } }`,
      POST,
    ],
    [
      'an operation that is found before',
      `operations: { b: { match: POST /chat }, a: { match: ANY /**, when: 'request.body.n == 5' } }`,
      POST,
    ],
    [
      'a request without one',
      `limits: { a: { rate: 1/hour, per: key, when: 'request.body.n == 5' } }`,
      { target: '/chat' },
    ],
  ])('is not read for %s, and nothing waits', (_, policy, spec) => {
    const { bring, asked } = server('{"n":5}');
    const handled = gateOf(KEY + policy).gate.handle(viewOf(spec), bring);
    expect([asked, handled]).toEqual([[], expect.objectContaining({ kind: 'forward' })]);
  });

  it('is not read of who is not known', async () => {
    const { bring, asked } = server('{"n":5}');
    const handled = await gateOf(KEY + LIMIT).gate.handle(
      viewOf({ ...POST, fields: [['Content-Length', '5']] }),
      bring,
    );
    expect([asked, answered(handled).status]).toEqual([[], 401]);
  });

  it.each<readonly [Brought | string, number]>([
    ['{"n":5}', 200],
    ['{"n":5} trailing', 400],
    ['{"n":5,"n":6}', 400],
    ['{"a":{"n":1},"b":{"n":1},"n":5}', 200],
    ['{"x":"a\\"n\\": {[","n":5}', 200],
    ['{"x":"\\\\","n":5,"n":6}', 400],
    ['[5]', 400],
    [`${'['.repeat(64)}${']'.repeat(64)}`, 400],
    [{ is: 'unread', why: 'too-long' }, 413],
    [{ is: 'unread', why: 'slow' }, 408],
    [{ is: 'unread', why: 'torn' }, 400],
    [{ is: 'unread', why: 'busy' }, 503],
  ])('%j comes to %i', async (brought, status) => {
    const handled = await send(LIMIT, brought);
    expect(handled.kind === 'forward' ? 200 : handled.status).toBe(status);
  });

  it('is refused where no server brings it', async () => {
    const handled = answered(await gateOf(KEY + LIMIT).gate.handle(viewOf(POST)));
    expect([handled.status, handled.field('Retry-After')]).toEqual([503, '1']);
  });

  it('says what is missing in it', async () => {
    const handled = answered(await send(LIMIT, '{"m":5}'));
    expect(handled.json()).toMatchObject({ status: 400, detail: expect.stringContaining('request.body.n') as unknown });
  });

  it('costs what its largest row names when what it depends on is left out', async () => {
    const policy =
      'limits: { a: { rate: 100/hour, per: key, cost: { by: request.body.size, small: 1, large: 60 } } }\nrespond: { headers: { of: a, dialect: x-ratelimit } }';
    const told = forwarded(await send(policy.replace('large: 60', 'large: 60, else: 5'), '{"size":"small"}')).settle(
      200,
    );
    expect(told).toContain('99');
    const { gate } = gateOf(KEY + policy.replace('large: 60', 'large: 60, else: 5'));
    const without = forwarded(await gate.handle(viewOf(POST), server('[]').bring)).settle(200);
    expect(without).toContain('95');
  });
});

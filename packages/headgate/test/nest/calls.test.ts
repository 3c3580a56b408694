/* oxlint-disable no-await-in-loop -- one after another */
import { Catch, type ArgumentsHost, type HttpException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { describe, expect, it, vi } from 'vitest';
import { parsePolicy } from '../../src/policy/index.ts';
import { Chat, Files, Held, Jobs, Reports, Searches, Slow, socket, started, Unguarded, Uploads } from './app.ts';

interface Answer {
  readonly data: Readonly<Record<string, string>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: unknown; readonly path: unknown }[];
}

async function statuses(url: string, paths: readonly string[]): Promise<number[]> {
  const seen: number[] = [];
  for (const path of paths) seen.push((await fetch(url + path)).status);
  return seen;
}

async function query(url: string, asked: string | readonly string[]): Promise<{ fields: Headers; answer: Answer }> {
  const headers = { 'Content-Type': 'application/json' };
  const body = typeof asked === 'string' ? { query: asked } : asked.map((text) => ({ query: text }));
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { fields: response.headers, answer: (await response.json()) as Answer }; // as Apollo answers
}

/** What many apps have: whatever is thrown is answered in one form. */
class Everything {
  readonly #host: HttpAdapterHost;

  constructor(host: HttpAdapterHost) {
    this.#host = host;
  }

  catch(error: HttpException, host: ArgumentsHost): void {
    this.#host.httpAdapter.reply(host.getArgByIndex(1), { own: error.message }, error.getStatus());
  }
}
Catch()(Everything);

describe.each(['express', 'fastify'] as const)('handlers on %s', (platform) => {
  it('have their limits beside the one of all', async () => {
    const { url } = await started('10/minute', { controllers: [Files], platform });
    expect(await statuses(url, ['/search', '/search', '/search', '/files'])).toEqual([200, 200, 429, 200]);
    expect(await (await fetch(`${url}/files`)).json()).toEqual({ remaining: 6 });
  });

  it('cost more, or nothing, where they say so', async () => {
    const { url } = await started('10/minute', { controllers: [Files], platform });
    expect(await statuses(url, ['/export', '/export', '/export', '/health', '/health'])).toEqual([
      200, 200, 429, 200, 200,
    ]);
    expect((await fetch(`${url}/health`)).headers.has('ratelimit')).toBe(false);
  });

  it('share what their class says, and add to it', async () => {
    const { url } = await started('10/minute', { controllers: [Slow], platform });
    expect(await statuses(url, ['/slow/two', '/slow/two', '/slow/two', '/slow/one', '/slow/one'])).toEqual([
      200, 200, 429, 200, 429,
    ]);
  });

  it('cost what their body says, which Nest has read by then', async () => {
    const policy = parsePolicy(`
headgate: 1
identify: { anonymous: true }
limits:
  tokens: { rate: 100/minute, per: address, cost: request.body.tokens }
  size: { size: 40B, of: request.bytes }
`);
    const { url } = await started(policy, { controllers: [Uploads], platform });
    const post = async (tokens: number, padding = ''): Promise<number> => {
      const headers = { 'Content-Type': 'application/json' };
      const body = JSON.stringify({ tokens, padding });
      return (await fetch(`${url}/uploads`, { method: 'POST', headers, body })).status;
    };
    expect([await post(60), await post(60), await post(40), await post(0, 'x'.repeat(60))]).toEqual([
      201, 429, 201, 429,
    ]);
  });

  it('whose limit cannot be told from a policy are refused when the app starts', async () => {
    const policy = parsePolicy(
      'headgate: 1\nname: A\nidentify: { anonymous: true }\nlimits: { calls: { rate: 9/minute, per: address } }',
    );
    await expect(started(policy, { controllers: [Files], platform })).rejects.toThrow(
      /ERR_ADAPTER_ROUTE: limits\.Files\.search\.per/,
    );
  });

  it('are refused as the policy says, with the fields of it', async () => {
    const { url } = await started('1/minute', { controllers: [Files], platform });
    await fetch(`${url}/files`);
    const refused = await fetch(`${url}/files`);
    expect([refused.headers.get('content-type'), refused.headers.get('retry-after')]).toEqual([
      'application/problem+json',
      '64',
    ]);
    expect(await refused.json()).toMatchObject({ status: 429, 'violated-policies': ['limit'] });
  });

  it('are refused with the fields of the policy though the app’s own filter catches everything', async () => {
    const { url } = await started('1/minute', {
      controllers: [Files],
      platform,
      prepare: (app) => app.useGlobalFilters(new Everything(app.get(HttpAdapterHost))),
    });
    await fetch(`${url}/files`);
    const refused = await fetch(`${url}/files`);
    expect([refused.status, await refused.json()]).toEqual([429, { own: 'Too many requests.' }]);
    expect(['retry-after', 'ratelimit'].map((name) => refused.headers.get(name))).toEqual(['64', '"limit";r=0;t=64']);
    expect(refused.headers.get('content-type')).toMatch(/^application\/json/);
  });

  it('are asked about by each of two modules', async () => {
    const { url } = await started('9/minute', {
      controllers: [Files],
      platform,
      beside: { limits: { second: '2/minute' } },
    });
    const first = await fetch(`${url}/files`);
    expect(first.headers.get('ratelimit')).toMatch(/"limit";r=8;.*"second";r=1;/);
    expect(await statuses(url, ['/files', '/files', '/health'])).toEqual([200, 429, 200]);
  });

  it('tell limits of two modules apart that have one name', async () => {
    const { url, warnings } = await started('9/minute', { controllers: [Files], platform, beside: '1/minute' });
    expect((await fetch(`${url}/files`)).headers.get('ratelimit')).toBe('"limit";r=8;t=64, "limit-1-60s";r=0;t=64');
    expect(await (await fetch(`${url}/files`)).json()).toMatchObject({ 'violated-policies': ['limit-1-60s'] });
    expect(warnings.map(({ code }) => code)).toEqual(['WARN_ADAPTER_NAMES']);
  });
});

const GRAPHQL = [
  { platform: 'express', graphql: 'apollo' },
  { platform: 'fastify', graphql: 'apollo' },
  { platform: 'fastify', graphql: 'mercurius' },
] as const;

describe.each(GRAPHQL)('fields of GraphQL on $platform by $graphql', (how) => {
  it('are each a call of their own: no alias is free', async () => {
    const { url } = await started('5/minute', { ...how, providers: [Reports] });
    const { answer, fields } = await query(url, '{ a: report b: report c: report }');
    expect([answer.data, fields.get('ratelimit')]).toEqual([{ a: '4', b: '3', c: '2' }, '"limit";r=2;t=64']);
  });

  it('are each a call of their own in a batch, too', async () => {
    const { url } = await started('5/minute', { ...how, providers: [Reports] });
    const { answer, fields } = await query(url, ['{ a: report b: report }', '{ c: report }']);
    expect([answer, fields.get('ratelimit')]).toEqual([
      [{ data: { a: '4', b: '3' } }, { data: { c: '2' } }],
      '"limit";r=2;t=64',
    ]);
  });

  it('are refused one by one, and told when to come again', async () => {
    const { url } = await started('9/minute', { ...how, providers: [Reports] });
    const { answer, fields } = await query(url, '{ a: summary }');
    expect(answer).toEqual({ data: { a: 'short' } });
    await query(url, '{ a: summary }');
    const { answer: refused, fields: told } = await query(url, '{ a: summary }');
    expect(refused.errors?.map(({ message, extensions }) => [message, extensions])).toEqual([
      [
        'Too many requests.',
        expect.objectContaining({ code: 'TOO_MANY_REQUESTS', limit: 'Reports.summary', retryAfterMs: 63_749 }),
      ],
    ]);
    expect([fields.has('retry-after'), told.get('retry-after')]).toEqual([false, '64']);
  });
});

describe.each(GRAPHQL)('a call of GraphQL on $platform by $graphql', (how) => {
  it('is told of as it stands when the answer leaves, whatever handlers have charged', async () => {
    const { url } = await started('20/minute', { ...how, providers: [Searches] });
    const { answer, fields } = await query(url, '{ a: search b: search }');
    expect(Math.min(Number(answer.data?.['a']), Number(answer.data?.['b']))).toBe(14);
    expect(fields.get('ratelimit')).toBe('"limit";r=14;t=64');
  });

  it('costs what the body says that it came in, and is refused where that is too much', async () => {
    const policy = parsePolicy(`
headgate: 1
identify: { anonymous: true }
limits:
  letters: { rate: 100/minute, algorithm: fixed, per: address, cost: 'size(request.body.query)' }
  size: { size: 99B, of: request.bytes }
respond: { headers: { of: letters, fields: { left: '{remaining}' } } }
`);
    const { url } = await started(policy, { ...how, providers: [Searches] });
    expect((await query(url, '{ search }')).fields.get('left')).toBe('88'); // and two more
    const { answer } = await query(url, `{ ${'a'.repeat(99)}: search }`);
    expect(answer.errors?.[0]?.message).toBe('Too many requests.');
  });
});

describe('messages on a web socket', () => {
  it('are each counted, to who opened it, and refused on it', async () => {
    const { url } = await started('2/minute', { providers: [Chat] });
    const line = await socket(`${url}/chat`);
    expect([await line.ask('say', { text: 'a' }), await line.ask('say', 'b')]).toEqual([
      { event: 'said', data: { text: 'a' } },
      { event: 'said', data: 'b' },
    ]);
    expect(await line.ask('say', 'c')).toMatchObject({ event: 'exception', data: { status: 429, retryAfter: 64 } });
    const other = await socket(`${url}/chat`);
    expect(await other.ask('say', 'd')).toMatchObject({ event: 'exception' });
  });

  it('of a gateway that is not behind the guard are told of at the start', async () => {
    const { warnings } = await started('2/minute', { providers: [Chat, Unguarded] });
    expect(warnings.map(({ code, message }) => [code, message.includes('Unguarded')])).toEqual([
      ['WARN_ADAPTER_UNGUARDED', true],
    ]);
  });
});

describe('what a call holds that a guard behind ours refuses', () => {
  const ONE_AT_ONCE = parsePolicy(`
headgate: 1
identify: { anonymous: true }
limits: { running: { concurrency: 1, per: address } }
`);

  it.each(GRAPHQL)('is free once the answer of GraphQL is sent on $platform by $graphql', async (how) => {
    const { url } = await started(ONE_AT_ONCE, { ...how, providers: [Jobs] });
    for (let i = 0; i < 3; i++)
      expect((await query(url, '{ closed }')).answer.errors?.[0]?.message).toBe('Forbidden resource');
    expect((await query(url, '{ job }')).answer).toEqual({ data: { job: 'done' } });
  });

  it('is free once the web socket is closed', async () => {
    const { url } = await started(ONE_AT_ONCE, { providers: [Held] });
    const [first, second] = [await socket(`${url}/held`), await socket(`${url}/held`)];
    first.say('closed');
    await vi.waitFor(async () => expect(await second.ask('say', '')).toMatchObject({ event: 'exception' }));
    first.leave();
    await vi.waitFor(async () => expect(await second.ask('say', '')).toEqual({ event: 'said', data: '' }));
  });
});

import { once } from 'node:events';
import { request, type IncomingMessage, type RequestListener } from 'node:http';
import { buffer, text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ask2, session } from '../http2-support.ts';
import { setUp } from '../set-up.ts';
import { ask, dial, until } from '../support.ts';

/** Tokens a minute by what the body says; a model has a counter of its own. */
const POLICY = `
headgate: 1
identify: { key: { header: X-API-Key, find: any } }
operations:
  dry:   { match: POST /chat, when: request.body.dry == true }
  chat:  { match: POST /chat }
  other: { match: ANY /** }
limits:
  tokens: { rate: 100/minute, algorithm: fixed, per: [key, request.body.model], on: chat, cost: request.body.max_tokens }
respond: { headers: { of: tokens, dialect: x-ratelimit } }
`;
const KEY = { 'X-API-Key': 'k' };

/** Gives back what it was sent, and how. */
const mirror: RequestListener = (incoming, response) => {
  void buffer(incoming).then((body) =>
    response.end(JSON.stringify({ body: body.toString('latin1'), headers: incoming.headers })),
  );
};

interface Mirrored {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const sentOn = (body: string): Mirrored => JSON.parse(body) as Mirrored; // as mirror made it
const chat = (value: unknown): string => JSON.stringify(value);
const long = chat({ model: 'm', max_tokens: 1, pad: 'x'.repeat(5000) });

const UNREADABLE: readonly (readonly [string, number, string | Buffer, Record<string, string>?])[] = [
  ['too long', 413, long],
  ['too long, in chunks', 413, long, { 'Transfer-Encoding': 'chunked' }],
  ['no JSON', 400, 'model=a&max_tokens=1', { 'Content-Type': 'application/x-www-form-urlencoded' }],
  ['half of JSON', 400, '{"model":"a",'],
  ['not UTF-8', 400, Buffer.from('{"model":"\xff","max_tokens":1}', 'latin1')],
  ['a name twice', 400, '{"model":"a","max_tokens":1,"max_tokens":1000}'],
  ['a name twice, spelt in two ways', 400, '{"model":"a","max_tokens":1,"max\\u005ftokens":1000}'],
  ['too deep', 400, `{"model":"a","max_tokens":1,"x":${'['.repeat(100)}${']'.repeat(100)}}`],
  ['compressed', 415, gzipSync(chat({ model: 'a', max_tokens: 1 })), { 'Content-Encoding': 'gzip' }],
  ['a bomb', 415, gzipSync(Buffer.alloc(64 * 1024 ** 2)).subarray(0, 3000), { 'Content-Encoding': 'gzip' }],
  ['without the cost', 400, '{"model":"a"}'],
  ['with a cost below nothing', 400, '{"model":"a","max_tokens":-5}'],
  ['with a cost in text', 400, '{"model":"a","max_tokens":"5"}'],
  ['with a cost beyond counting', 400, '{"model":"a","max_tokens":1e400}'],
  ['empty', 400, ''],
  ['null', 400, 'null'],
];

describe('a body that limits read', () => {
  it('costs what it says, on the counter that it names, and goes on byte for byte', async () => {
    const { gateway } = await setUp(mirror, POLICY);
    const sent = ' { "model":"a", "max_tokens" : 70 }\n';
    const first = await ask(`${gateway.url}/chat`, { method: 'POST', headers: KEY, body: sent });
    expect([first.status, first.headers['x-ratelimit-remaining']]).toEqual([200, '30']);
    expect(sentOn(first.body)).toMatchObject({ body: sent, headers: { 'content-length': String(sent.length) } });
    const second = await ask(`${gateway.url}/chat`, { method: 'POST', headers: KEY, body: sent });
    const other = await ask(`${gateway.url}/chat`, { method: 'POST', headers: KEY, body: sent.replace('"a"', '"b"') });
    expect([second.status, other.status]).toEqual([429, 200]);
  });

  it('chooses the operation', async () => {
    const { gateway } = await setUp(mirror, POLICY);
    const body = chat({ dry: true, model: 'a', max_tokens: 500 });
    const answer = await ask(`${gateway.url}/chat`, { method: 'POST', headers: KEY, body });
    expect([answer.status, answer.headers['x-ratelimit-remaining']]).toEqual([200, undefined]);
  });

  it('is read in HTTP/2 and in chunks too, where no length is declared', async () => {
    const { gateway } = await setUp(mirror, POLICY);
    const body = chat({ model: 'a', max_tokens: 60 });
    const two = await ask2(`${gateway.url}/chat`, { ':method': 'POST', 'x-api-key': 'k' }, body);
    expect([two.status, two.headers['x-ratelimit-remaining'], sentOn(two.body).body]).toEqual([200, '40', body]);
    const headers = { ...KEY, 'Transfer-Encoding': 'chunked' };
    const chunked = await ask(`${gateway.url}/chat`, {
      method: 'POST',
      headers,
      body: chat({ model: 'a', max_tokens: 40 }),
    });
    expect([chunked.status, chunked.headers['x-ratelimit-remaining']]).toEqual([200, '0']);
  });

  it('is asked for, of a caller who waits for that', async () => {
    const { gateway } = await setUp(mirror, POLICY);
    const sent = request(`${gateway.url}/chat`, {
      method: 'POST',
      headers: { ...KEY, Expect: '100-continue' },
      agent: false,
    });
    sent.flushHeaders();
    await once(sent, 'continue');
    sent.end(chat({ model: 'a', max_tokens: 1 }));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]; // what "response" is emitted with
    expect([answer.statusCode, sentOn(await text(answer)).body]).toEqual([200, chat({ model: 'a', max_tokens: 1 })]);
  });

  const rows = UNREADABLE.map(([what, status, body, headers = {}]) => ({ what, status, body, headers }));

  it.each(rows)(
    'that is $what is answered with $status, and never reaches the API',
    async ({ status, body, headers }) => {
      let reached = 0;
      const { gateway } = await setUp(
        (incoming, response) => {
          reached++;
          mirror(incoming, response);
        },
        POLICY,
        5000,
        { bodyBytes: 4096 },
      );
      const all = { ...KEY, ...headers };
      const one = await ask(`${gateway.url}/chat`, { method: 'POST', headers: all, body });
      const { 'Transfer-Encoding': _none, ...fields } = all as Record<string, string>; // one of the rows has it
      const two = await ask2(`${gateway.url}/chat`, { ':method': 'POST', ...fields }, body);
      expect([one.status, two.status, reached]).toEqual([status, status, 0]);
      // Nothing was charged for it.
      const after = await ask(`${gateway.url}/chat`, {
        method: 'POST',
        headers: KEY,
        body: chat({ model: 'a', max_tokens: 100 }),
      });
      expect(after.status).toBe(200);
    },
  );

  it('that does not come in time is 408, and one that breaks off is forgotten', async () => {
    const { gateway } = await setUp(mirror, POLICY, 5000, { bodyMs: 50 });
    const line = await dial(gateway.url);
    line.socket.write('POST /chat HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\nContent-Length: 50\r\n\r\n{"mod');
    await until(() => line.heard().startsWith('HTTP/1.1 408 '));
    line.socket.destroy();
    const torn = await dial(gateway.url);
    torn.socket.write('POST /chat HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\nContent-Length: 50\r\n\r\n{"mod');
    torn.socket.destroy();
    await torn.closed;
    const answer = await ask(`${gateway.url}/chat`, {
      method: 'POST',
      headers: KEY,
      body: chat({ model: 'a', max_tokens: 100 }),
    });
    expect(answer.status).toBe(200);
  });

  it('waits for its turn when too much is held already: 503', async () => {
    const { gateway } = await setUp(mirror, POLICY, 5000, { bodiesBytes: 1000 });
    const line = await dial(gateway.url);
    const head = 'POST /chat HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\nContent-Length: 990\r\n\r\n';
    line.socket.write(`${head}${' '.repeat(980)}`);
    const busy = async (): Promise<number> =>
      (await ask(`${gateway.url}/chat`, { method: 'POST', headers: KEY, body: chat({ model: 'a', max_tokens: 1 }) }))
        .status;
    let status = 200;
    while (status === 200) status = await busy(); // oxlint-disable-line no-await-in-loop -- until the first has arrived
    expect(status).toBe(503);
    line.socket.destroy();
    while (status === 503) status = await busy(); // oxlint-disable-line no-await-in-loop -- until it has gone
    expect(status).toBe(200);
  });

  it('is not read where no limit asks for it', async () => {
    const { gateway } = await setUp(mirror, POLICY, 5000, { bodyBytes: 10 });
    const client = session(gateway.url);
    const answer = await ask2(
      `${gateway.url}/else`,
      { ':method': 'POST', 'x-api-key': 'k' },
      'not json at all',
      client,
    );
    expect([answer.status, sentOn(answer.body).body]).toEqual([200, 'not json at all']);
  });
});

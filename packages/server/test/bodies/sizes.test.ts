import { once } from 'node:events';
import { request, type IncomingMessage, type RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { ask2, dial2, END_HEADERS, FRAME, frame, headBlock, session } from '../http2-support.ts';
import { setUp } from '../set-up.ts';
import { ask, dial, until, type Answer } from '../support.ts';
import { beginning, BOUNDARY, form, FORM, MP4, PDF, PNG, type FormFile } from './form.ts';

const POLICY = `
headgate: 1
identify: { key: { header: X-API-Key, find: any } }
operations:
  upload: { match: POST /upload }
  put: { match: PUT /raw }
limits:
  calls: { rate: 100/hour, algorithm: fixed, per: key }
  running: { concurrency: 5, per: key }
  steep: { rate: 9000/hour, per: key, past: { block: { for: 1m } } }
  grown: { rate: { ramp: { from: 500/s, add: 500, every: 1m, to: 3000, rest: 15m } }, per: key }
  body: { size: 10kB, of: request.bytes, past: { status: 413, body: { too: large, label: '{label}', limit: '{limit}' } } }
  batch: { size: 3, of: request.files, on: upload, past: { status: 429, body: { files: '{cost}' } } }
  image: { size: 2kB, of: file.bytes, when: 'file.kind == "image"' }
  video: { size: 4kB, of: file.bytes, when: 'file.kind == "video"' }
  any: { size: 6kB, of: file.bytes }
respond: { headers: { of: calls, dialect: x-ratelimit }, exceeded: { status: 429, body: { limit: '{name}', reason: '{reason}' } } }
`;
const KEY = { 'X-API-Key': 'k' };

/** An API that counts what it got whole, and what broke off. */
function counting(): { readonly api: RequestListener; readonly got: { whole: number[]; torn: number; bytes: number } } {
  const got = { whole: [] as number[], torn: 0, bytes: 0 };
  const api: RequestListener = (incoming, response) => {
    let bytes = 0;
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      got.bytes += chunk.length;
    });
    incoming.on('error', () => got.torn++);
    incoming.on('end', () => {
      got.whole.push(bytes);
      response.end('{}');
    });
  };
  return { api, got };
}

type Sending = Readonly<Record<string, string>>;

/** The same request in both versions of HTTP, with its length declared and without. */
const WAYS: readonly (readonly [
  string,
  (url: string, method: string, headers: Sending, body: Buffer) => Promise<Pick<Answer, 'status' | 'body'>>,
])[] = [
  ['HTTP/1.1', (url, method, headers, body) => ask(url, { method, headers: { ...KEY, ...headers }, body })],
  [
    'HTTP/1.1 in chunks',
    (url, method, headers, body) =>
      ask(url, { method, headers: { ...KEY, ...headers, 'Transfer-Encoding': 'chunked' }, body }),
  ],
  ['HTTP/2', (url, method, headers, body) => ask2(url, { ':method': method, ...KEY, ...headers }, body)],
];

const upload = (files: readonly FormFile[]): readonly [string, string, Sending, Buffer] => [
  'POST',
  '/upload',
  { 'Content-Type': FORM },
  form(files),
];
const raw = (type: string, content: Buffer): readonly [string, string, Sending, Buffer] => [
  'PUT',
  '/raw',
  { 'Content-Type': type },
  content,
];
const of = (bytes: number, start = ''): Buffer => beginning(start, bytes);

/** A form of so many bytes in all. */
const filled = (bytes: number): ReturnType<typeof upload> => {
  const around = form([{ content: '' }, { content: '' }]).length;
  return upload([{ content: of(5000) }, { content: of(bytes - around - 5000) }]);
};

const CASES: readonly (readonly [what: string, sent: ReturnType<typeof upload>, status: number, says?: object])[] = [
  ['a form within all limits', upload([{ content: of(2000, PNG) }, { content: of(4000, MP4) }]), 200],
  [
    'an image of one byte too much',
    upload([{ content: of(2001, PNG), type: 'image/png', name: 'a.png' }]),
    429,
    { limit: 'image', reason: 'never' },
  ],
  [
    'an image that says it is a video',
    upload([{ content: of(2001, PNG), type: 'video/mp4', name: 'a.mp4' }]),
    429,
    { limit: 'image' },
  ],
  [
    'a video that says it is an image',
    upload([{ content: of(2001, MP4), type: 'image/png', name: 'a.png' }]),
    429,
    { limit: 'image' },
  ],
  ['a video, by its first bytes alone', upload([{ content: of(4001, MP4) }]), 429, { limit: 'video' }],
  ['a video, by its name alone', upload([{ content: of(4001), name: 'a.MOV' }]), 429, { limit: 'video' }],
  ['a document as large as any may be', upload([{ content: of(6000, PDF), type: 'application/pdf' }]), 200],
  [
    'a document of one byte too much',
    upload([{ content: of(6001, PDF), type: 'application/pdf' }]),
    429,
    { limit: 'any' },
  ],
  ['one file too much', upload([1, 2, 3, 4].map((name) => ({ name: String(name), content: '' }))), 429, { files: 4 }],
  ['a form in which no file was chosen', upload([1, 2, 3, 4].map(() => ({ name: '', content: '' }))), 200],
  ['a form that is as long as any may be', filled(10_000), 200],
  ['a form of one byte too much', filled(10_001), 413, { label: 'body' }],
  [
    'files that are too much together',
    upload([{ content: of(5000) }, { content: of(5000) }]),
    413,
    { too: 'large', label: 'body', limit: 10_000 },
  ],
  ['a raw image that is too large', raw('image/png', of(2001)), 429, { limit: 'image' }],
  ['a raw image that hides', raw('text/plain', of(2001, PNG)), 429, { limit: 'image' }],
  ['a raw body that is JSON', raw('application/json', of(6001)), 429, { limit: 'any' }],
  ['a raw body within the limits', raw('application/json', of(6000)), 200],
  ['nothing at all', raw('image/png', of(0)), 200],
];

describe('sizes of what passes', () => {
  it.each(
    WAYS.flatMap(([way, send]) => CASES.map(([what, sent, status, says]) => ({ way, send, what, sent, status, says }))),
  )('$what, over $way: $status', async ({ send, sent: [method, path, headers, body], status, says }) => {
    const { api, got } = counting();
    const { gateway } = await setUp(api, POLICY);
    const answer = await send(gateway.url + path, method, headers, body);
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([status, says ?? {}]);
    expect(got.whole).toEqual(status === 200 ? [body.length] : []);
  });

  it.each([
    ['a boundary that is none', { 'Content-Type': 'multipart/form-data; boundary=""' }, '', 400],
    ['two boundaries', { 'Content-Type': 'multipart/form-data; boundary=a; boundary=b' }, '', 400],
    ['a form of no parts', { 'Content-Type': FORM }, 'nothing', 400],
    ['a form that does not end', { 'Content-Type': FORM }, `--${BOUNDARY}\r\n\r\nx`, 400],
    ['a form in a coding', { 'Content-Type': FORM, 'Content-Encoding': 'gzip' }, 'x', 415],
  ])('%s is refused', async (_, headers, body, status) => {
    const { api, got } = counting();
    const { gateway } = await setUp(api, POLICY);
    const answer = await ask(`${gateway.url}/upload`, {
      method: 'POST',
      headers: { ...KEY, ...headers },
      body: body || 'x',
    });
    expect([answer.status, got.whole]).toEqual([status, []]);
  });

  it('gives back what was held, and keeps the request counted, when a body is cut', async () => {
    const { api, got } = counting();
    const { gateway } = await setUp(api, POLICY);
    const large = form([{ content: of(9000) }]);
    for (let i = 0; i < 12; i++) {
      // oxlint-disable-next-line no-await-in-loop -- more, one after another, than may run at once
      const answer = await ask(`${gateway.url}/upload`, {
        method: 'POST',
        headers: { ...KEY, 'Content-Type': FORM },
        body: large,
      });
      expect([answer.status, answer.headers['x-ratelimit-remaining']]).toEqual([429, String(99 - i)]);
      expect(answer.headers['retry-after']).toBeUndefined();
    }
    expect(got.whole).toEqual([]);
  });

  it('is cut in the middle, and its caller is told before all of it was sent', async () => {
    const { api, got } = counting();
    const { gateway } = await setUp(api, POLICY);
    const sent = request(`${gateway.url}/raw`, { method: 'PUT', headers: KEY, agent: false });
    sent.on('error', () => undefined);
    sent.write(of(3000));
    await until(() => got.bytes === 3000);
    sent.write(of(4000));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]; // what "response" is emitted with
    expect([answer.statusCode, JSON.parse(await text(answer))]).toMatchObject([429, { limit: 'any' }]);
    await until(() => got.torn === 1);
    expect(gateway.log.denials).toMatchObject([{ limit: 'any', operation: 'put', status: 429 }]);
    sent.destroy();
  });

  it('does not end the connection that other streams are on, in HTTP/2', async () => {
    const { api } = counting();
    const { gateway } = await setUp(api, POLICY);
    const client = session(gateway.url);
    const one = await ask2(`${gateway.url}/raw`, { ':method': 'PUT', ...KEY }, of(6001), session(gateway.url));
    const stream = client.request({ ':path': '/raw', ':method': 'PUT', ...KEY });
    stream.on('error', () => undefined);
    stream.end(of(6001));
    const [head] = (await once(stream, 'response')) as [Record<string, unknown>]; // what "response" is emitted with
    stream.resume();
    const other = await ask2(`${gateway.url}/raw`, { ':method': 'PUT', ...KEY }, of(10), client);
    expect([one.status, head[':status'], other.status]).toEqual([429, 429, 200]);
  });

  it('are not what a length declares that is a lie', async () => {
    const { api, got } = counting();
    const { gateway } = await setUp(api, POLICY);
    // More than declared is another request (RFC 9112 6.3), which this is not; in HTTP/2 it is malformed (RFC 9113 8.1.1).
    const line = await dial(gateway.url);
    line.socket.write(
      `PUT /raw HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\nContent-Length: 10\r\n\r\n${'x'.repeat(20_000)}`,
    );
    await line.closed;
    expect(line.heard()).toMatch(/^HTTP\/1\.1 200 [^]*Connection: close/);
    expect(got.whole).toEqual([10]);
    const two = await dial2(gateway.url);
    const fields = [
      [':method', 'PUT'],
      [':scheme', 'http'],
      [':authority', 'a'],
      [':path', '/raw'],
      ['x-api-key', 'k'],
      ['content-length', '10'],
    ] as const;
    two.socket.write(frame(FRAME.headers, END_HEADERS, 1, headBlock(fields)));
    two.socket.write(frame(FRAME.data, 0, 1, of(9000)));
    await until(() => two.heard().some(([type]) => type === FRAME.reset || type === FRAME.goaway));
    two.socket.destroy();
    expect(got.whole).toEqual([10]);
  });

  it('asks for a length where a limit must know it before', async () => {
    const { api, got } = counting();
    const { gateway } = await setUp(
      api,
      `headgate: 1\nidentify: { key: { header: X-API-Key, find: any } }\nlimits: { traffic: { rate: 10kB/hour, per: key, cost: request.bytes } }`,
    );
    const declared = await ask(gateway.url, { method: 'PUT', headers: KEY, body: of(100) });
    const chunked = await ask(gateway.url, {
      method: 'PUT',
      headers: { ...KEY, 'Transfer-Encoding': 'chunked' },
      body: of(100),
    });
    const two = await ask2(gateway.url, { ':method': 'PUT', ...KEY }, of(100));
    expect([declared.status, chunked.status, two.status, got.whole]).toEqual([200, 411, 411, [100]]);
  });

  it('gives back what was reserved for a request that is cut, and nothing of one that the API answered', async () => {
    const { api, got } = counting();
    const { gateway } = await setUp(
      api,
      `headgate: 1
identify: { key: { header: X-API-Key, find: any } }
operations: { put: { match: PUT /raw } , rest: { match: ANY /** } }
limits:
  spend: { quota: 100/day, per: key, on: put, cost: { reserve: 60, actual: 'response.ok ? 60 : 0', lost: 60 } }
  stored: { level: 100, per: key, on: put, cost: { reserve: 60, actual: 'response.ok ? 60 : 0', lost: 60 } }
  any: { size: 1kB, of: file.bytes }`,
    );
    const put = (bytes: number): Promise<Answer> =>
      ask(`${gateway.url}/raw`, {
        method: 'PUT',
        headers: { ...KEY, 'Transfer-Encoding': 'chunked' },
        body: of(bytes),
      });
    // The API has seen the beginning of the first.
    const sent = request(`${gateway.url}/raw`, { method: 'PUT', headers: KEY, agent: false });
    sent.on('error', () => undefined).write(of(500));
    await until(() => got.bytes === 500);
    sent.write(of(501));
    const [cut] = (await once(sent, 'response')) as [IncomingMessage]; // what "response" is emitted with
    const statuses = [await put(1001), await put(1000), await put(1000)].map(({ status }) => status);
    sent.destroy();
    expect([cut.statusCode, ...statuses]).toEqual([429, 429, 200, 429]);
    expect(gateway.log.denials.map(({ limit }) => limit)).toEqual(['any', 'any', 'stored']);
  });

  it('settles what it cost by what has passed', async () => {
    const { api } = counting();
    const { gateway } = await setUp(
      api,
      `headgate: 1
identify: { key: { header: X-API-Key, find: any } }
limits:
  traffic: { rate: 10kB/hour, algorithm: fixed, per: key, cost: { reserve: any, actual: request.bytes } }
  files: { rate: 10/hour, algorithm: fixed, per: key, cost: { reserve: any, actual: request.files } }
respond: { headers: { of: [traffic, files], fields: { left: '{remaining}' }, join: ',' } }`,
    );
    const body = form([{ content: 'a' }, { content: 'b' }]);
    const headers = { ...KEY, 'Content-Type': FORM, 'Transfer-Encoding': 'chunked' };
    await ask(gateway.url, { method: 'POST', headers, body });
    const after = await ask(gateway.url, { headers: KEY });
    expect(after.headers['left']).toBe(`${10_000 - body.length},8`);
  });
});

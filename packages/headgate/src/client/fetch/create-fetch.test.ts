import { describe, expect, it } from 'vitest';
import { broken, ok, refuse, scripted, START, TRIP_MS } from '../../../test/client/scripted.ts';
import { declare } from '../limits/index.ts';
import { RateLimitError } from './errors.ts';
import type { ClientEvent } from './options.ts';

const URL_1 = 'https://api.test/a';
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

describe('a fetch that keeps to limits', () => {
  it('is a fetch: it takes what fetch takes, and gives the answer untouched', async () => {
    const { world, api, arrived } = scripted(() => new Response('hello', { status: 201, headers: { 'x-a': 'b' } }));
    const answer = await world.run(api(new URL(URL_1), { method: 'PUT', body: 'x' }));
    expect([answer.status, answer.headers.get('x-a'), await answer.text()]).toEqual([201, 'b', 'hello']);
    expect(arrived).toEqual([{ sentMs: 0, url: URL_1, method: 'PUT', body: 'x' }]);
  });

  it('begins with one request, and sends the others once that is answered', async () => {
    const { world, api, arrived } = scripted(
      () => ok({ ratelimit: '"m";r=50;t=30', 'ratelimit-policy': '"m";q=60;w=60' }),
      { explore: false },
    );
    await world.run(Promise.all(times(5, () => api(URL_1))));
    expect(arrived.map(({ sentMs }) => sentMs)).toEqual([0, 100, 100, 100, 100]);
  });

  it('looks for further limits, one request at a time, in a 32nd part of what is left of a window that is told', async () => {
    const { world, api, arrived } = scripted(() =>
      ok({ ratelimit: '"m";r=50;t=16', 'ratelimit-policy': '"m";q=60;w=60' }),
    );
    await world.run(Promise.all(times(10, () => api(URL_1))));
    expect(arrived.map(({ sentMs }) => sentMs)).toEqual([0, 100, 200, 300, 400, 500, 600, 600, 600, 600]);
  });

  it('sends what is left and no more, until the reset that is told', async () => {
    const script = (_: unknown, nth: number): Response =>
      ok({ 'x-ratelimit-limit': '10', 'x-ratelimit-remaining': `${Math.max(0, 3 - nth)}`, 'x-ratelimit-reset': '20' });
    const { world, api, arrived } = scripted(script, { explore: false });
    await world.run(Promise.all(times(4, () => api(URL_1))));
    expect(arrived.map(({ sentMs }) => sentMs)).toEqual([0, 100, 100, 20_100]);
  });

  it('keeps origins apart, and whatever else the caller names', async () => {
    const scope = ({ url }: { url: URL | null }): string => url?.pathname ?? '';
    const { world, api, arrived } = scripted(
      ({ url }) => (url.endsWith('/a') ? refuse({ 'retry-after': '9' }) : ok()),
      { scope, attempts: 2 },
    );
    await world.run(Promise.all([api(URL_1), api('https://api.test/b')]));
    expect(arrived.map(({ sentMs, url }) => [sentMs, new URL(url).pathname])).toEqual([
      [0, '/a'],
      [0, '/b'],
      [9100, '/a'],
    ]);
  });
});

describe('a refusal', () => {
  it.each([
    ['seconds', { 'retry-after': '7' }, '', 7000],
    ['a fraction', { 'retry-after': '1.5' }, '', 1500],
    ['milliseconds', { 'retry-after-ms': '250' }, '', 250],
    [
      'a date of a clock an hour ahead',
      { date: 'Sat, 11 Apr 2026 14:00:00 GMT', 'retry-after': 'Sat, 11 Apr 2026 14:00:05 GMT' },
      '',
      5000,
    ],
    ['words', {}, '{"message":"Try again in 10 seconds."}', 10_000],
    ['a reset', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '12' }, '', 12_000],
  ])('is repeated when it said, told by %s: the floor is kept to the millisecond', async (_, headers, body, waitMs) => {
    const { world, api, arrived } = scripted((_one, nth) => (nth === 1 ? refuse(headers, body) : ok()));
    expect((await world.run(api(URL_1))).status).toBe(200);
    expect(arrived.map(({ sentMs }) => sentMs)).toEqual([0, TRIP_MS + waitMs]);
  });

  it.each([0, 0.5, 0.999])('is waited out longer by chance, never shorter: %d', async (chance) => {
    const script = (_: unknown, nth: number): Response => (nth === 1 ? refuse({ 'retry-after': '10' }) : ok());
    const { world, api, arrived } = scripted(script, { random: () => chance });
    await world.run(api(URL_1));
    expect(arrived[1]?.sentMs).toBe(TRIP_MS + 10_000 + Math.ceil(500 * chance));
  });

  it('stops the whole scope, not the one request', async () => {
    const { world, api, arrived } = scripted((_, nth) => (nth === 1 ? refuse({ 'retry-after': '5' }) : ok()));
    await world.run(Promise.all(times(6, () => api(URL_1, { method: 'POST', body: 'x' }))));
    expect(arrived.map(({ sentMs }) => sentMs >= 5100)).toEqual([false, ...times(6, () => true)]);
  });

  it('that tells no wait is waited out twice as long each time, by all', async () => {
    const { world, api, arrived } = scripted((_, nth) => (nth < 4 ? refuse() : ok()));
    await world.run(api(URL_1));
    expect(arrived.map(({ sentMs }) => sentMs)).toEqual([0, 1100, 3200, 7300]);
  });

  it('that tells a wait of nothing is no reason to come again at once', async () => {
    for (const wait of ['0', 'Sat, 11 Apr 2020 13:00:00 GMT']) {
      const { world, api, arrived } = scripted((_, nth) => (nth < 3 ? refuse({ 'retry-after': wait }) : ok()));
      await world.run(api(URL_1));
      expect(arrived.map(({ sentMs }) => sentMs)).toEqual([0, 1100, 3200]);
    }
  });

  it('whose body never ends holds nobody up, and what came of it is read', async () => {
    const start = (controller: ReadableStreamDefaultController): void =>
      controller.enqueue(new TextEncoder().encode('Try again in 3 seconds.'));
    const { world, api, arrived } = scripted((_, nth) =>
      nth === 1 ? new Response(new ReadableStream({ start }), { status: 429 }) : ok(),
    );
    await world.run(Promise.all([api(URL_1), api(URL_1)]));
    expect(arrived.map(({ sentMs }) => sentMs)).toEqual([0, 3100, 3200]);
  });

  it('is one by 403 with nothing left, 420, and any 4xx that says when to come again', async () => {
    for (const [status, headers] of [
      [403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '3' }],
      [420, { 'x-esi-error-limit-remain': '0', 'x-esi-error-limit-reset': '3' }],
      [418, { 'retry-after': '3' }],
    ] as const) {
      const { world, api, arrived } = scripted((_, nth) => (nth === 1 ? refuse(headers, '', status) : ok()));
      expect((await world.run(api(URL_1))).status).toBe(200);
      expect(arrived[1]?.sentMs).toBe(3100);
    }
    for (const headers of [{}, { 'x-ratelimit-limit': '-1', 'x-ratelimit-remaining': '-1' }]) {
      const { world, api, arrived } = scripted(() => refuse(headers, 'no', 403));
      expect([(await world.run(api(URL_1))).status, arrived.length]).toEqual([403, 1]);
    }
  });

  it('is handed on, whole, when it was repeated often enough', async () => {
    const { world, api, arrived } = scripted(() => refuse({ 'retry-after': '1' }, '{"error":"full"}'), { attempts: 3 });
    const answer = await world.run(api(URL_1));
    expect([answer.status, await answer.text(), arrived.length]).toEqual([429, '{"error":"full"}', 3]);
  });

  it('of concurrency waits for a completion, not a clock, and is not sent into the same wall again', async () => {
    const BUSY = '{"error":{"code":"CONCURRENT_LIMIT_EXCEEDED","message":"3/3 predictions running."}}';
    const client = scripted(() => (client.others() >= 3 ? refuse({}, BUSY) : ok()), { explore: false });
    const { world, api, arrived } = client;
    const answers = await world.run(Promise.all(times(10, () => api(URL_1))));
    expect(answers.map(({ status }) => status)).toEqual(times(10, () => 200));
    // One to begin with, nine at once of which three are admitted, and the other six in threes.
    expect(arrived.map(({ sentMs }) => sentMs)).toEqual([
      0,
      ...times(9, () => 100),
      ...times(3, () => 200),
      ...times(3, () => 300),
    ]);
  });

  it('of concurrency waits for a clock where nothing is under way that could end', async () => {
    const { world, api, arrived } = scripted((_, nth) => (nth < 3 ? refuse({}, 'too many concurrent requests') : ok()));
    await world.run(api(URL_1));
    expect(arrived.map(({ sentMs }) => sentMs)).toEqual([0, 1100, 3200]);
  });
});

describe('a wait that is too long', () => {
  it('fails at once, before anything is sent, and tells when', async () => {
    const { world, api, arrived } = scripted((_, nth) => (nth === 1 ? refuse({ 'retry-after': '60' }) : ok()), {
      attempts: 1,
    });
    await world.run(api(URL_1));
    const began = world.nowMs;
    const failed = await world.run(api(URL_1, { headgate: { deadlineMs: 1000 } }).catch((error: unknown) => error));
    expect(failed).toBeInstanceOf(RateLimitError);
    expect(failed).toMatchObject({
      code: 'ERR_DEADLINE',
      retryAt: new Date(START + 60_100),
    });
    expect([world.nowMs - began, arrived.length]).toEqual([0, 1]);
  });

  it('fails a refused request at once, when the wait it is told exceeds its deadline', async () => {
    const { world, api } = scripted(() => refuse({ 'retry-after': '60' }));
    await expect(world.run(api(URL_1, { headgate: { deadlineMs: 5000 } }))).rejects.toMatchObject({
      code: 'ERR_DEADLINE',
    });
    expect(world.nowMs - START).toBe(TRIP_MS);
  });

  it('is foreseen behind a queue, and else ends at the deadline', async () => {
    const limits = declare({ a: { rate: '1/10s', algorithm: 'fixed' } });
    const { world, api, arrived } = scripted(() => ok(), { limits });
    const first = times(3, () => api(URL_1));
    await expect(world.run(api(URL_1, { headgate: { deadlineMs: 15_000 } }))).rejects.toMatchObject({
      code: 'ERR_DEADLINE',
    });
    expect(world.nowMs).toBe(START);
    await world.run(Promise.all(first));
    expect(arrived.map(({ sentMs }) => Math.floor(sentMs / 100))).toEqual([0, 101, 202]);
  });

  it('is not foreseen where a bucket gives back one by one', async () => {
    const limits = declare({ a: { rate: '1/s', algorithm: 'bucket', burst: 10 } });
    const { world, api, arrived } = scripted(() => ok(), { limits });
    const all = times(25, () => api(URL_1, { headgate: { deadlineMs: 17_000 } }));
    await world.run(Promise.all(all));
    expect(arrived.length).toBe(25);
  });

  it('of a queue that is full fails at once', async () => {
    const { world, api } = scripted(() => ok(), { maxQueue: 2 });
    const waiting = times(3, () => api(URL_1));
    await expect(world.run(api(URL_1))).rejects.toMatchObject({ code: 'ERR_QUEUE_FULL' });
    await world.run(Promise.all(waiting));
  });
});

describe('an abort', () => {
  it('in the queue answers within the tick, with its reason, and lets the next one go', async () => {
    const limits = declare({ a: { concurrency: 1 } });
    const { world, api, arrived } = scripted(() => ok(), { limits });
    const controller = new AbortController();
    const first = api(URL_1);
    const second = api(`${URL_1}?2`, { signal: controller.signal });
    const third = api(`${URL_1}?3`);
    world.after(10, () => controller.abort(new Error('enough')));
    await expect(world.run(second)).rejects.toThrow('enough');
    expect(world.nowMs - START).toBe(10);
    await world.run(Promise.all([first, third]));
    expect(arrived.map(({ url }) => url)).toEqual([URL_1, `${URL_1}?3`]);
  });

  it('under way gives its slot back', async () => {
    const limits = declare({ a: { concurrency: 1 } });
    const { world, api, arrived } = scripted(() => ok(), { limits });
    const controller = new AbortController();
    const first = api(URL_1, { signal: controller.signal });
    const second = api(URL_1);
    world.after(30, () => controller.abort());
    await expect(world.run(first)).rejects.toThrow('aborted');
    await world.run(second);
    expect(arrived.map(({ sentMs }) => sentMs)).toEqual([0, 30]);
  });

  it('before the call sends nothing', async () => {
    const { world, api, arrived } = scripted(() => ok());
    await expect(world.run(api(URL_1, { signal: AbortSignal.abort() }))).rejects.toThrow('aborted');
    expect(arrived).toEqual([]);
  });
});

describe('the queue', () => {
  it('goes by priority, then by order', async () => {
    const { world, api, arrived } = scripted(() => ok(), { limits: declare({ a: { concurrency: 1 } }) });
    await world.run(Promise.all([0, 1, 1, 2].map((priority, i) => api(`${URL_1}?${i}`, { headgate: { priority } }))));
    expect(arrived.map(({ url }) => url.slice(-1))).toEqual(['0', '3', '1', '2']);
  });

  it('lets those pass who need other limits, and nobody who needs the same', async () => {
    const limits = declare({
      path: { rate: '1/10s', algorithm: 'fixed', per: ({ url }) => url?.pathname ?? '' },
      all: { rate: '100/s', algorithm: 'fixed' },
    });
    const { world, api, arrived } = scripted(() => ok(), { limits });
    await world.run(Promise.all(['a', 'a', 'b', 'b', 'c'].map((path) => api(`https://api.test/${path}`))));
    expect(arrived.map(({ url, sentMs }) => [url.slice(-1), Math.floor(sentMs / 100)])).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 1],
      ['a', 101],
      ['b', 102],
    ]);
  });

  it('holds as many at once as were declared', async () => {
    const { world, api, peak } = scripted(() => ok(), { limits: declare({ a: { concurrency: 4 } }) });
    await world.run(Promise.all(times(30, () => api(URL_1))));
    expect(peak()).toBe(4);
  });
});

describe('what may have happened', () => {
  const outcomes = async (init: RequestInit, answer: () => Response | Error): Promise<number> => {
    const { world, api, arrived } = scripted((_, nth) => (nth === 1 ? answer() : ok()));
    await world.run(api(URL_1, init).catch(() => {}));
    return arrived.length;
  };

  it.each([
    ['a GET', {}, 2],
    ['a PUT', { method: 'PUT', body: 'x' }, 2],
    ['a POST', { method: 'POST', body: 'x' }, 1],
    ['a POST with a key', { method: 'POST', body: 'x', headers: { 'Idempotency-Key': '1' } }, 2],
    ['a POST that says so', { method: 'POST', body: 'x', headgate: { idempotent: true } }, 2],
  ])('is repeated where that does no harm: %s', async (_, init, attempts) => {
    expect(await outcomes(init, () => refuse({}, '', 503))).toBe(attempts);
    expect(await outcomes(init, broken)).toBe(attempts);
  });

  it('did not, where it was refused: a POST is repeated after 429', async () => {
    expect(await outcomes({ method: 'POST', body: 'x' }, () => refuse({ 'retry-after': '1' }))).toBe(2);
  });

  it('fails as fetch fails when it is not repeated, and 500 is nobody’s outage', async () => {
    const { world, api } = scripted(broken);
    await expect(world.run(api(URL_1, { method: 'POST' }))).rejects.toThrow('fetch failed');
    expect(await outcomes({}, () => refuse({}, '', 500))).toBe(1);
  });
});

describe('an outage', () => {
  it.each([
    ['the network', broken],
    ['503', (): Response => refuse({}, '', 503)],
  ])('of a thousand requests costs less than a tenth more: %s', async (_, answer) => {
    const { world, api, arrived } = scripted(answer, { explore: false });
    await world.run(Promise.allSettled(times(1000, () => api(URL_1))));
    expect(arrived.length).toBeGreaterThan(1000);
    expect(arrived.length).toBeLessThan(1100);
  });

  it('that tells when it ends stops the scope until then', async () => {
    const { world, api, arrived } = scripted((_, nth) => (nth === 1 ? refuse({ 'retry-after': '30' }, '', 503) : ok()));
    await world.run(Promise.all([api(URL_1), api(URL_1)]));
    expect(arrived.map(({ sentMs }) => sentMs)).toEqual([0, 30_100, 30_200]);
  });
});

describe('a body', () => {
  const script = (_: unknown, nth: number): Response => (nth === 1 ? refuse({ 'retry-after': '1' }) : ok());

  it.each([
    ['text', () => 'hello'],
    ['bytes', () => new TextEncoder().encode('hello')],
    ['a blob', () => new Blob(['hello'])],
    ['parameters', () => new URLSearchParams({ hello: '' })],
  ])('is sent again whole: %s', async (_, body) => {
    const { world, api, arrived } = scripted(script);
    await world.run(api(URL_1, { method: 'POST', body: body() }));
    expect(arrived.map((one) => one.body.slice(0, 5))).toEqual(['hello', 'hello']);
  });

  it('of a Request is sent again whole', async () => {
    const { world, api, arrived } = scripted(script);
    await world.run(api(new Request(URL_1, { method: 'POST', body: 'hello', headers: { 'x-a': 'b' } })));
    expect(arrived.map(({ body, method }) => [body, method])).toEqual([
      ['hello', 'POST'],
      ['hello', 'POST'],
    ]);
  });

  it('of a Request that is long is sent whole, once, and the refusal handed on', async () => {
    const events: ClientEvent[] = [];
    const { world, api, arrived } = scripted(script, { onEvent: (event) => events.push(event) });
    const answer = await world.run(api(new Request(URL_1, { method: 'POST', body: 'x'.repeat(3_000_000) })));
    expect([answer.status, arrived.map(({ body }) => body.length)]).toEqual([429, [3_000_000]]);
    expect(events.map(({ type }) => type)).toEqual(['answered', 'unrepeatable']);
  });

  it('that flows is sent once: its loss is told, never silent', async () => {
    const events: ClientEvent[] = [];
    const { world, api, arrived } = scripted(script, { onEvent: (event) => events.push(event) });
    const body = new Blob(['hello']).stream();
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit; // its types do not know `duplex` yet
    const answer = await world.run(api(URL_1, init));
    expect([answer.status, arrived.map((one) => one.body)]).toEqual([429, ['hello']]);
    expect(events.map(({ type }) => type)).toEqual(['answered', 'unrepeatable']);
  });
});

describe('a snapshot', () => {
  it('tells what is left, and when there is more', async () => {
    const { world, api } = scripted((_, nth) =>
      ok({ 'ratelimit-policy': '"m";q=3;w=60', ratelimit: `"m";r=${3 - nth};t=32` }),
    );
    await world.run(Promise.all(times(3, () => api(URL_1))));
    expect(api.snapshot()).toEqual({
      queued: 0,
      scopes: [
        {
          scope: 'https://api.test',
          inFlight: 0,
          pausedUntilMs: 0,
          limits: [{ name: 'm', source: 'disclosed', limit: 3, remaining: 0, nextAtMs: START + 32_100 }],
        },
      ],
    });
  });
});

/* oxlint-disable no-await-in-loop -- requests that follow one another are what is tested */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { echo, POLICY, setUp } from './set-up.ts';
import { ask, DEADLINE_MS, dial, sendRaw, until } from './support.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly raw: string[];
}

function seen(body: string): Seen {
  // What `echo` writes.
  return JSON.parse(body) as Seen;
}

describe('what reaches the API', () => {
  it('is the method, the path in normal form, the query and the body', async () => {
    const { gateway } = await setUp(
      (incoming, response) =>
        void incoming.pipe(response.writeHead(200, { 'X-Seen': `${incoming.method} ${incoming.url}` })),
    );
    const answer = await ask(`${gateway.url}/a/%2e%2e//b%7e?q=%zz&r=1`, { method: 'PATCH', body: 'hello' });
    expect([answer.headers['x-seen'], answer.body]).toEqual(['PATCH /base/b~?q=%zz&r=1', 'hello']);
  });

  it('does not include what was about the caller’s connection', async () => {
    const { gateway } = await setUp(echo);
    const headers = {
      Connection: 'keep-alive, X-Hop, X-Forwarded-For',
      'X-Hop': '1',
      TE: 'trailers',
      'Keep-Alive': 'timeout=5',
      'Proxy-Authorization': 'Basic x',
      'X-Kept': '2',
      Upgrade: 'h2c',
    };
    const { headers: got } = seen((await ask(gateway.url, { headers })).body);
    expect(got).toMatchObject({ 'x-kept': '2', 'x-forwarded-for': '127.0.0.1' });
    expect(Object.keys(got)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(x-hop|te|keep-alive|proxy-authorization|upgrade)$/)]),
    );
  });

  it('says where it came from, and believes no caller about it', async () => {
    const { api, gateway } = await setUp(echo);
    const headers = {
      'X-Forwarded-For': '1.2.3.4',
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Proto': 'https',
      Forwarded: 'for=1.2.3.4',
      'X-Real-IP': '1.2.3.4',
    };
    const { headers: got } = seen((await ask(gateway.url, { headers })).body);
    expect(got).toMatchObject({
      host: new URL(api.url).host,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': new URL(gateway.url).host,
      'x-forwarded-proto': 'http',
      via: '1.1 headgate',
    });
    expect(got).toHaveProperty('forwarded', `for=127.0.0.1;host="${new URL(gateway.url).host}";proto=http`);
    expect(got).not.toHaveProperty('x-real-ip');
  });

  it('extends the chain of a proxy that the policy trusts', async () => {
    const { gateway } = await setUp(echo, `${POLICY}address: { trust: [127.0.0.0/8] }\n`);
    const { headers: got } = seen(
      (await ask(gateway.url, { headers: { 'X-Forwarded-For': '1.2.3.4', 'X-Forwarded-Proto': 'https' } })).body,
    );
    expect(got).toMatchObject({ 'x-forwarded-for': '1.2.3.4, 127.0.0.1', 'x-forwarded-proto': 'https' });
  });

  it('keeps fields that come more than once', async () => {
    const { gateway } = await setUp(echo);
    const { raw } = seen((await ask(gateway.url, { headers: { 'X-Many': ['a', 'b'] } })).body);
    expect(raw.filter((_, i) => raw[i - 1] === 'X-Many')).toEqual(['a', 'b']);
  });
});

describe('what reaches the caller', () => {
  it('is the API’s answer: status, fields that come more than once, body', async () => {
    const { gateway } = await setUp((_, response) =>
      response
        .writeHead(418, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'Connection', 'X-Hop', 'X-Hop', '1'])
        .end('tea'),
    );
    const answer = await ask(gateway.url);
    expect([answer.status, answer.headers['set-cookie'], answer.headers['x-hop'], answer.body]).toEqual([
      418,
      ['a=1', 'b=2'],
      undefined,
      'tea',
    ]);
  });

  it('has no body for HEAD, with the length it would have', async () => {
    const { gateway } = await setUp((_, response) => response.writeHead(200, { 'Content-Length': 5 }).end('hello'));
    const head = await ask(gateway.url, { method: 'HEAD' });
    expect([head.status, head.body, head.headers['content-length']]).toEqual([200, '', '5']);
  });

  it('passes 204 and 304 without a body', async () => {
    const { gateway } = await setUp((incoming, response) =>
      response.writeHead(incoming.url === '/base/204' ? 204 : 304).end(),
    );
    expect((await ask(`${gateway.url}/204`)).status).toBe(204);
    expect((await ask(`${gateway.url}/304`)).status).toBe(304);
  });

  it('is 502 when the API is down, 504 when it takes too long, with figures and a problem', async () => {
    const { api, gateway } = await setUp(() => undefined, POLICY, 300);
    const late = await ask(gateway.url, { headers: { 'X-API-Key': 'k' } });
    await api.close();
    const down = await ask(gateway.url, { headers: { 'X-API-Key': 'k' } });
    expect([late.status, down.status]).toEqual([504, 502]);
    expect(down.headers).toMatchObject({ 'content-type': 'application/problem+json', 'x-ratelimit-remaining': '3' });
    expect(JSON.parse(down.body)).toMatchObject({ type: 'about:blank', title: 'Bad Gateway', status: 502 });
    expect(gateway.log.failures).toHaveLength(2);
  });

  it('is torn where the API tore it, so that nobody takes half for whole', async () => {
    const begun: ServerResponse[] = [];
    const { gateway } = await setUp((_, response) => {
      response.writeHead(200, { 'Content-Length': '100' }).write('half');
      begun.push(response);
    });
    const line = await dial(gateway.url);
    line.socket.write('GET / HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\n\r\n');
    // What breaks off before anything was passed on is answered for.
    await until(() => line.heard().endsWith('half'));
    for (const response of begun) response.destroy();
    await line.closed;
    expect(line.heard()).toMatch(/^HTTP\/1\.1 200 [^]*\r\ncontent-length: 100\r\n[^]*half$/i);
  });

  it('comes once more from a new connection when an idle one was closed as it was used', async () => {
    let requests = 0;
    const { gateway } = await setUp((incoming, response) => {
      requests++;
      if (requests === 2) incoming.socket.destroy();
      else response.end('ok');
    });
    await ask(gateway.url);
    expect((await ask(gateway.url)).body).toBe('ok');
    expect(requests).toBe(3);
  });
});

describe('streams', () => {
  it('carries each chunk on before the next is sent, both ways', async () => {
    const { gateway } = await setUp((incoming, response) => {
      response.flushHeaders();
      incoming.on('data', (chunk: Buffer) => response.write(chunk.toString().toUpperCase()));
      incoming.on('end', () => response.end());
    });
    const sent = request(gateway.url, { method: 'POST', agent: false });
    sent.write('zero');
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    expect(String(((await once(answer, 'data')) as [Buffer])[0])).toBe('ZERO');
    for (const word of ['one', 'two', 'three']) {
      sent.write(word);
      const [chunk] = (await once(answer, 'data')) as [Buffer];
      expect(chunk.toString()).toBe(word.toUpperCase());
    }
    sent.end();
    answer.resume();
    await once(answer, 'end');
  });

  it('carries a large body whole while holding little of it', async () => {
    const size = 256 * 1024 * 1024;
    const chunk = randomBytes(1024 * 1024);
    const { gateway } = await setUp((incoming, response) => {
      const hash = createHash('sha256');
      let bytes = 0;
      incoming.on('data', (part: Buffer) => {
        bytes += part.length;
        hash.update(part);
      });
      incoming.on('end', () => response.end(`${bytes} ${hash.digest('hex')}`));
    });
    const sent = request(gateway.url, { method: 'PUT', agent: false, headers: { 'Content-Length': size } });
    const hash = createHash('sha256');
    const before = process.memoryUsage().rss;
    let most = 0;
    for (let i = 0; i < size / chunk.length; i++) {
      hash.update(chunk);
      if (!sent.write(chunk)) await once(sent, 'drain');
      most = Math.max(most, process.memoryUsage().rss - before);
    }
    sent.end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const [body] = (await once(answer, 'data')) as [Buffer];
    expect(body.toString()).toBe(`${size} ${hash.digest('hex')}`);
    expect(most).toBeLessThan(size / 2);
  });

  it('waits for a caller that does not read, and again when it stops once more', async () => {
    let written = 0;
    const total = 64 * 1024 * 1024;
    const { gateway } = await setUp((_, response) => {
      const chunk = Buffer.alloc(64 * 1024);
      const more = (): void => {
        while (written < total) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    const sent = request(gateway.url, { agent: false });
    sent.end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    let [still, looks] = [-1, 0];
    // Unread, the API comes to a stop long before the end: every buffer on the way is bounded.
    const stops = (): boolean => {
      looks = still === written ? looks + 1 : 0;
      still = written;
      return looks === 20;
    };
    await until(stops);
    const first = written;
    answer.resume();
    await until(() => written > first);
    answer.pause();
    await until(stops);
    expect([first < written, written < total]).toEqual([true, true]);
    answer.resume();
    await once(answer, 'end');
    expect(written).toBe(total);
  });

  it('waits for an API that does not read', async () => {
    const total = 64 * 1024 * 1024;
    let read: (() => void) | undefined;
    const { gateway } = await setUp((incoming, response) => {
      read = () => void incoming.resume().on('end', () => response.end('read'));
    });
    const sent = request(gateway.url, { method: 'PUT', agent: false, headers: { 'Content-Length': total } });
    const chunk = Buffer.alloc(64 * 1024);
    let written = 0;
    const more = (): void => {
      while (written < total) {
        written += chunk.length;
        if (!sent.write(chunk)) return void sent.once('drain', more);
      }
      sent.end();
    };
    more();
    let still = -1;
    // Unread, the caller comes to a stop long before the end: every buffer on the way is bounded.
    await until(() => {
      const same = read !== undefined && still === written;
      still = written;
      return same;
    });
    expect(written).toBeLessThan(total);
    read?.();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    expect([answer.statusCode, written]).toEqual([200, total]);
  });

  it('lets the API go when the caller goes away', async () => {
    let gone = false;
    let asked = false;
    const { gateway } = await setUp((incoming) => {
      asked = true;
      incoming.socket.on('close', () => (gone = true));
    });
    const sent = request(gateway.url, { agent: false });
    sent.on('error', () => undefined);
    sent.end();
    await until(() => asked);
    sent.destroy();
    await expect.poll(() => gone, { timeout: DEADLINE_MS }).toBe(true);
  });

  it('lets the API go when the caller goes away in the middle of an upload', async () => {
    let bytes = 0;
    let torn = false;
    const { gateway } = await setUp((incoming) => {
      incoming.on('data', (chunk: Buffer) => (bytes += chunk.length));
      incoming.on('error', () => (torn = true));
    });
    const sent = request(gateway.url, { method: 'POST', agent: false });
    sent.on('error', () => undefined);
    sent.write('half');
    await until(() => bytes === 4);
    sent.destroy();
    await expect.poll(() => torn, { timeout: DEADLINE_MS }).toBe(true);
  });

  it('answers an upload that the API refused half-way, and keeps the connection in step', async () => {
    const { gateway } = await setUp((_, response) => response.writeHead(413).end('too large'));
    const received = await sendRaw(
      gateway.url,
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n${'x'.repeat(1000)}`,
      5000,
    );
    expect(received).toMatch(/^HTTP\/1\.1 413 [^]*too large/);
    expect(received.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});

describe('a refusal', () => {
  const refuse = POLICY.replace('5/minute', '1/hour');

  it('answers an upload without reading all of it, and never takes its rest for a request', async () => {
    const { gateway } = await setUp(echo, refuse);
    await ask(gateway.url, { headers: { 'X-API-Key': 'k' } });
    const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';
    const received = await sendRaw(
      gateway.url,
      `POST / HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\nContent-Length: 10000000\r\n\r\n${smuggled.repeat(100)}`,
      5000,
    );
    expect(received).toMatch(/^HTTP\/1\.1 429 [^]*Connection: close/);
    expect(received.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  it('keeps the connection after a small upload', async () => {
    const { gateway } = await setUp(echo, refuse);
    await ask(gateway.url, { headers: { 'X-API-Key': 'k' } });
    const upload = 'POST / HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\nContent-Length: 5\r\n\r\nhello';
    const received = await sendRaw(
      gateway.url,
      `${upload}GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      5000,
    );
    expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 429', 'HTTP/1.1 200']);
  });

  it('comes instead of 100 Continue, which only an admitted upload is told', async () => {
    const { gateway } = await setUp((incoming, response) => void incoming.pipe(response), refuse);
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\nContent-Length: 5\r\nExpect: 100-continue\r\n';
    const admitted = await sendRaw(gateway.url, `${head}Connection: close\r\n\r\nhello`, 5000);
    const refused = await sendRaw(gateway.url, `${head}\r\n`, 5000);
    expect(admitted.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 100', 'HTTP/1.1 200']);
    expect(admitted).toContain('hello');
    expect(refused.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 429']);
  });

  it('of HEAD has no body', async () => {
    const { gateway } = await setUp(echo, refuse);
    await ask(gateway.url, { headers: { 'X-API-Key': 'k' } });
    const answer = await ask(gateway.url, { method: 'HEAD', headers: { 'X-API-Key': 'k' } });
    expect([answer.status, answer.body]).toEqual([429, '']);
  });
});

describe('a request that two readers could read differently', () => {
  it.each([
    ['two lengths', 'Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
    ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['chunks under another name', 'Transfer-Encoding: xchunked\r\n\r\n'],
    ['a space before the colon', 'X-A : 1\r\n\r\n'],
    ['a folded field', 'X-A: 1\r\n folded\r\n\r\n'],
    ['a line break without return', 'X-A: 1\nX-B: 2\r\n\r\n'],
    ['a NUL', 'X-A: a\u0000b\r\n\r\n'],
    ['a chunk size that is none', 'Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n'],
  ])('is refused, not forwarded: %s', async (_, rest) => {
    let forwarded = '';
    const { gateway } = await setUp((incoming, response) => {
      incoming.on('data', (chunk: Buffer) => (forwarded += chunk.toString()));
      incoming.on('error', () => undefined);
      incoming.on('end', () => response.end());
    });
    const received = await sendRaw(gateway.url, `POST / HTTP/1.1\r\nHost: a\r\n${rest}`, 1000);
    expect(received).not.toMatch(/HTTP\/1\.1 200/);
    expect(forwarded).toBe('');
  });

  it.each(['*', 'http:///', '/%00', '/a%2fb', '/a\\b', '/%zz'])(
    'is refused with 400: the target %s',
    async (target) => {
      const { gateway } = await setUp(echo);
      expect(
        await sendRaw(gateway.url, `OPTIONS ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`, 3000),
      ).toMatch(/^HTTP\/1\.1 400/);
    },
  );

  it('is read in one way: an absolute target loses its authority, which is the host\u2019s', async () => {
    const { api, gateway } = await setUp(echo);
    const askFor = (authority: string): Promise<string> =>
      sendRaw(gateway.url, `GET http://${authority}/x?y HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`, 3000);
    const received = await askFor('a');
    expect(received).toContain('"url":"/base/x?y"');
    expect(received).toContain(`"host":"${new URL(api.url).host}"`);
    expect(await askFor('evil.example')).toMatch(/^HTTP\/1\.1 400/);
  });

  it.each([
    ['GET / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked', 501],
    ['POST / HTTP/1.0\r\nTransfer-Encoding: chunked', 400],
  ])('is refused, coded in a way that is not passed on: %j', async (head, status) => {
    const { gateway } = await setUp(echo);
    expect(await sendRaw(gateway.url, `${head}\r\nHost: a\r\nConnection: close\r\n\r\n0\r\n\r\n`, 3000)).toMatch(
      new RegExp(`^HTTP/1\\.1 ${status}`),
    );
  });
});

describe('a request that cannot be judged', () => {
  it('is answered with 500, logged, and never forwarded', async () => {
    let forwarded = 0;
    const fault = `${POLICY}  `.replace('5/minute', '(account.seats)/1h');
    const { gateway } = await setUp((_, response) => void response.end(String(++forwarded)), fault);
    const answer = await ask(gateway.url, { headers: { 'X-API-Key': 'k' } });
    expect([answer.status, forwarded, JSON.parse(answer.body)]).toMatchObject([500, 0, { status: 500 }]);
    expect(gateway.log.failures[0]).toContain('ERR_PLAN_AMOUNT');
  });
});

describe('the gateway itself', () => {
  it('judges by a new policy from the next request on, and keeps what was counted', async () => {
    const { gateway } = await setUp(echo);
    const headers = { 'X-API-Key': 'k' };
    await ask(gateway.url, { headers });
    const { parsePolicy } = await import('headgate/policy');
    gateway.use(parsePolicy(POLICY.replace('5/minute', '9/minute')));
    expect((await ask(gateway.url, { headers })).headers).toMatchObject({
      'x-ratelimit-limit': '9',
      'x-ratelimit-remaining': '7',
    });
  });

  it('finishes what is under way when it is stopped, and accepts nothing more', async () => {
    let finish: (() => void) | undefined;
    const { gateway } = await setUp((_, response) => {
      finish = () => response.end('finished');
    });
    const answer = ask(gateway.url);
    await until(() => finish !== undefined);
    const stopped = gateway.stop(DEADLINE_MS);
    await expect(ask(gateway.url)).rejects.toThrow('ECONNREFUSED');
    finish?.();
    expect((await answer).body).toBe('finished');
    await stopped;
  });

  it('cuts off what outlasts the bound', async () => {
    let asked = false;
    const { gateway } = await setUp(() => (asked = true));
    const answer = ask(gateway.url).catch((error: Error) => error.message);
    await until(() => asked);
    await gateway.stop(50);
    expect(await answer).toMatch(/hang up|ECONNRESET/);
  });
});

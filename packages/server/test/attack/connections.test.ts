/* oxlint-disable no-await-in-loop -- what follows one another is what is tested */
/* oxlint-disable vitest/expect-expect -- that something ends is waited for, under a deadline */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { dial2, frame, FRAME } from '../http2-support.ts';
import { POLICY } from '../set-up.ts';
import { ask, dial, sendRaw, start, until, type Line, type Started } from '../support.ts';
import { OK, type Script } from './recorder.ts';
import { setUpRaw } from './set-up-raw.ts';
import { begin } from './streams.ts';
import { readAll } from './wire.ts';

const GET = 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n';
const PROBE = 'GET /probe HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
const UPGRADE = 'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
const SWITCHED = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
const WAIT_MS = 3000;

const statusesIn = (bytes: string): string[] => bytes.match(/(?<=HTTP\/1\.1 )\d+/g) ?? [];
const silent: Script = () => undefined;

async function underWay({ adminUrl }: Started): Promise<number> {
  const { body } = await ask(`${adminUrl ?? ''}/metrics`);
  return Number(/^headgate_requests_under_way (\d+)$/m.exec(body)?.[1]);
}

describe('many requests on one connection', () => {
  it('are bounded, whether or not their answers are read, and forgotten when it has ended', async () => {
    const { gateway, api } = await setUpRaw({
      script: silent,
      admin: true,
      timeoutMs: 500,
      bounds: { underWay: 100, underWayAnAddress: 50 },
    });
    const line = await dial(gateway.url);
    line.socket.pause();
    line.socket.write(GET.repeat(20_000));
    await until(() => api.heard().requests.length === 50);
    expect((await ask(gateway.url)).status).toBe(503);
    line.socket.destroy();
    await expect.poll(() => underWay(gateway), { timeout: WAIT_MS }).toBe(0);
  });

  it('are answered in order, each with its own', async () => {
    const { gateway } = await setUpRaw({
      script: (socket, { first }) => {
        const body = first.split(' ')[1] ?? '';
        setTimeout(
          () => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
          body.endsWith('0') ? 50 : 0,
        );
      },
    });
    const bytes = Array.from({ length: 20 }, (_, i) => GET.replace('/a', `/${i}`)).join('');
    const { messages } = readAll(await sendRaw(gateway.url, bytes + PROBE));
    expect(messages.map(({ body }) => body)).toEqual([
      ...Array.from({ length: 20 }, (_, i) => `/base/${i}`),
      '/base/probe',
    ]);
  });
});

describe('connections from one address', () => {
  it('are turned away beyond their bound, and are taken again when others have ended', async () => {
    const { gateway } = await setUpRaw({ bounds: { connectionsAnAddress: 50 } });
    const lines = await Promise.all(Array.from({ length: 200 }, () => dial(gateway.url)));
    const open = (): Line[] => lines.filter(({ socket }) => !socket.destroyed);
    await until(() => open().length === 50);
    expect(await sendRaw(gateway.url, PROBE).catch(() => '')).toBe('');
    for (const { socket } of open()) socket.destroy();
    await until(() => open().length === 0);
    let answer = '';
    while (answer === '') answer = await sendRaw(gateway.url, PROBE);
    expect(answer).toMatch(/^HTTP\/1\.1 200/);
  });
});

describe('a wish to switch', () => {
  const script: Script = (socket, { first }) => {
    if (first.includes('/ws')) socket.write(`${SWITCHED}hello`);
    else setTimeout(() => socket.write(OK), 50);
  };
  const refusing: Script = (socket) => void socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno');

  it.each([
    ['behind a request that is under way', GET + UPGRADE],
    ['in HTTP/1.0', UPGRADE.replace('1.1', '1.0')],
    ['with a body', UPGRADE.replace('\r\n\r\n', '\r\nContent-Length: 5\r\n\r\nhello')],
    ['with chunks', UPGRADE.replace('\r\n\r\n', '\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n')],
    ['that Connection does not name', UPGRADE.replace('Connection: Upgrade', 'Connection: close')],
    ['twice', UPGRADE.replace('Upgrade: w', 'Upgrade: websocket\r\nUpgrade: w')],
    ['of a POST', UPGRADE.replace('GET', 'POST')],
  ])('%s is not granted: the request is served, and is the last on its connection', async (_, bytes) => {
    const { gateway, api } = await setUpRaw({ script: refusing });
    const { socket, heard, closed } = await dial(gateway.url);
    socket.write(bytes + PROBE);
    await closed;
    expect(statusesIn(heard())).toEqual(
      bytes
        .split(' HTTP/')
        .slice(1)
        .map(() => '403'),
    );
    expect(api.streams().join('')).not.toContain('/probe');
    expect(api.streams().join('').toLowerCase()).not.toContain('\r\nupgrade:');
  });

  it('is granted once: what follows it is the API’s to read', async () => {
    const { gateway, api } = await setUpRaw({ script });
    const line = await dial(gateway.url);
    line.socket.write(UPGRADE + GET.replace('/a', '/frames'));
    await until(() => api.streams()[0]?.includes('/frames') === true);
    expect([api.streams().length, statusesIn(line.heard())[0]]).toEqual([1, '101']);
    line.socket.destroy();
    await until(() => api.open() === 0);
  });

  it('that is refused ends the connection: frames that came ahead are no request', async () => {
    const { gateway, api } = await setUpRaw({ script: refusing });
    expect(statusesIn(await sendRaw(gateway.url, UPGRADE + GET, WAIT_MS))).toEqual(['403']);
    expect(api.heard().requests).toHaveLength(1);
  });

  it.each(['end', 'destroy', 'resetAndDestroy'] as const)(
    'whose caller is gone (%s) before the API has answered lets it go',
    async (how) => {
      const { gateway, api } = await setUpRaw({ script: silent, timeoutMs: 60_000 });
      const line = await dial(gateway.url);
      line.socket.write(UPGRADE);
      await until(() => api.heard().requests.length === 1);
      line.socket[how]();
      await until(() => api.open() === 0);
    },
  );

  it.each(['end', 'destroy', 'resetAndDestroy'] as const)(
    'that was granted ends on both sides when either does: %s',
    async (how) => {
      const { gateway, api } = await setUpRaw({ script });
      const [first, second] = [await dial(gateway.url), await dial(gateway.url)];
      first.socket.write(UPGRADE);
      await until(() => first.heard().includes('hello'));
      first.socket[how]();
      await until(() => api.open() === 0);
      second.socket.write(UPGRADE);
      await until(() => second.heard().includes('hello'));
      api.each((socket) => socket[how]());
      await second.closed;
    },
  );
});

describe('Expect: 100-continue', () => {
  const HEAD = 'POST /a HTTP/1.1\r\nHost: a\r\nX-API-Key: k\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n';
  const CHUNKED = HEAD.replace('Content-Length: 5', 'Transfer-Encoding: chunked');

  it.each([
    ['before its body', [HEAD, 'hello'], ['100', '200']],
    ['at once with its body', [`${HEAD}hello`], ['100', '200']],
    ['before chunks', [CHUNKED, '5\r\nhello\r\n0\r\n\r\n'], ['100', '200']],
    ['in capitals', [HEAD.replace('100-c', '100-C'), 'hello'], ['100', '200']],
    ['in HTTP/1.0, where it means nothing', [HEAD.replace('HTTP/1.1', 'HTTP/1.0'), 'hello'], ['200']],
    ['without a body', [HEAD.replace('Content-Length: 5\r\n', '')], ['100', '200']],
  ])('%s is told to an admitted upload, and the connection is in step', async (_, parts, statuses) => {
    const { gateway, api } = await setUpRaw();
    const line = await dial(gateway.url);
    for (const [at, part] of parts.entries()) {
      line.socket.write(part);
      if (at === 0 && parts.length > 1 && statuses.length > 1) await until(() => line.heard().includes('100 Continue'));
    }
    if (statuses.length > 1) line.socket.write(PROBE);
    await line.closed;
    expect(statusesIn(line.heard())).toEqual(statuses.length > 1 ? [...statuses, '200'] : statuses);
    expect(api.heard()).toMatchObject({ faults: [], rest: '' });
    expect(api.streams().join('')).not.toMatch(/expect/i);
  });

  it.each([
    ['of another sort', HEAD.replace('100-continue', 'x')],
    ['and another', HEAD.replace('100-continue', '100-continue, x')],
    ['in two fields, one of another sort', HEAD.replace('Expect', 'Expect: x\r\nExpect')],
  ])('%s is refused with 417, and no body is taken for a request', async (_, bytes) => {
    const { gateway, api } = await setUpRaw();
    expect(statusesIn(await sendRaw(gateway.url, bytes + GET + PROBE, WAIT_MS))).toEqual(['417']);
    expect(api.streams()).toEqual([]);
  });

  it.each([
    ['that waits', HEAD],
    ['that does not wait', `${HEAD}hello`],
    ['that waits with chunks', CHUNKED],
    ['whose body looks like a request', `${HEAD.replace(': 5', `: ${GET.length}`)}${GET}`],
    [
      'without Expect, whose body looks like a request',
      `${HEAD.replace('Expect: 100-continue\r\n', '').replace(': 5', `: ${GET.length}`)}${GET}`,
    ],
  ])('a denied upload %s is answered at once, and is in step or at its end', async (_, bytes) => {
    const { gateway, api } = await setUpRaw({ policy: POLICY.replace('5/minute', '1/hour') });
    await ask(gateway.url, { headers: { 'X-API-Key': 'k' } });
    const statuses = statusesIn(await sendRaw(gateway.url, bytes + PROBE, WAIT_MS));
    expect([['429'], ['429', '200']]).toContainEqual(statuses);
    expect(api.heard().requests.map(({ first }) => first.split(' ')[1])).toEqual([
      '/base/',
      ...statuses.slice(1).map(() => '/base/probe'),
    ]);
  });
});

/** How far a request has come, by what was written and what has happened. */
const STAGES: readonly (readonly [
  what: string,
  bytes: string,
  script: Script,
  isThere: (line: Line, requests: number, open: number) => boolean,
])[] = [
  ['half a head', 'GET / HTTP/1.1\r\nHo', silent, () => true],
  [
    'a head whose body is awaited',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n',
    silent,
    (line) => line.heard().includes('100'),
  ],
  [
    'half a body',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe',
    silent,
    (_line, _requests, open) => open === 1,
  ],
  [
    'half of its chunks',
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe',
    silent,
    (_line, _requests, open) => open === 1,
  ],
  ['a whole request', GET, silent, (_line, requests) => requests === 1],
  [
    'a whole upload',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello',
    silent,
    (_line, requests) => requests === 1,
  ],
  [
    'half an answer',
    GET,
    (socket) => void socket.write(OK.replace(': 2', ': 3')),
    (line) => line.heard().includes('ok'),
  ],
  [
    'half an answer in chunks',
    GET,
    (socket) => void socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n'),
    (line) => line.heard().includes('ok'),
  ],
  [
    'an early answer to half a body',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe',
    silent,
    (_line, _requests, open) => open === 1,
  ],
  [
    'a web socket',
    UPGRADE,
    (socket) => void socket.write(`${SWITCHED}hello`),
    (line) => line.heard().includes('hello'),
  ],
];

describe('at whichever stage:', () => {
  it.each(
    STAGES.flatMap((stage) =>
      (['end', 'destroy', 'resetAndDestroy'] as const).map((how) => [stage[0], how, stage] as const),
    ),
  )('%s, a caller that goes away (%s) leaves nothing behind', async (_what, how, [, bytes, script, isThere]) => {
    const { gateway, api } = await setUpRaw({ script, admin: true, timeoutMs: 60_000 });
    const line = await dial(gateway.url);
    line.socket.write(bytes);
    await until(() => isThere(line, api.heard().requests.length, api.open()));
    line.socket[how]();
    await until(() => api.open() === 0);
    await expect.poll(() => underWay(gateway), { timeout: WAIT_MS }).toBe(0);
    expect(statusesIn(line.heard()).filter((status) => status >= '400' && status !== '400')).toEqual([]);
  });

  it.each(STAGES)(
    '%s, an API that goes away is answered for, or the answer is torn',
    async (_what, bytes, script, isThere) => {
      const { gateway, api } = await setUpRaw({ script, admin: true, timeoutMs: 60_000 });
      const line = await dial(gateway.url);
      line.socket.write(bytes);
      await until(() => isThere(line, api.heard().requests.length, api.open()));
      const isAsked = api.open() > 0;
      await api.close();
      if (!isAsked) return;
      await until(() => /HTTP\/1\.1 502/.test(line.heard()) || line.socket.destroyed || line.socket.readableEnded);
      await expect.poll(() => underWay(gateway), { timeout: WAIT_MS }).toBe(0);
    },
  );

  it('all of them at once, and HTTP/2, a drain ends within its bound', async () => {
    const { gateway, api } = await setUpRaw({
      script: (socket, request, nth) =>
        request.first.includes('/ws')
          ? socket.write(SWITCHED)
          : nth % 2 === 0 && socket.write(OK.replace(': 2', ': 3')),
      timeoutMs: 60_000,
    });
    const lines = await Promise.all(STAGES.map(() => dial(gateway.url)));
    for (const [at, { socket }] of lines.entries()) socket.write(STAGES[at]?.[1] ?? '');
    const frames = await dial2(gateway.url);
    frames.socket.write(
      Buffer.concat([
        begin(1),
        frame(FRAME.data, 0, 1, Buffer.from('half')),
        frame(FRAME.headers, 0, 3, Buffer.alloc(1)),
      ]),
    );
    await until(() => api.open() >= 8);
    await gateway.stop(200);
    await Promise.all([...lines, frames].map(({ closed }) => closed));
    await until(() => api.open() === 0);
  });
});

describe('what is about the caller’s connection', () => {
  const seen = async (fields: string, policy = POLICY): Promise<string> => {
    const { gateway, api } = await setUpRaw({ policy });
    await sendRaw(gateway.url, PROBE.replace('Connection: close\r\n', fields), WAIT_MS);
    return api.streams().join('').toLowerCase();
  };

  it('cannot take away who was judged', async () => {
    expect(await seen('X-API-Key: k\r\nConnection: X-API-Key, close\r\n')).toContain('x-api-key: k\r\n');
    const bearer = POLICY.replace('header: X-API-Key', 'bearer: true');
    expect(await seen('Authorization: Bearer k\r\nConnection: close, Authorization\r\n', bearer)).toContain(
      'authorization: bearer k\r\n',
    );
  });

  it('cannot take away what is written here, nor frame the request anew', async () => {
    const text = await seen('Connection: Host, X-Forwarded-For, Forwarded, Via, X-Request-Id, close\r\n');
    for (const name of ['host', 'x-forwarded-for', 'forwarded', 'via', 'x-request-id'])
      expect(text).toContain(`\r\n${name}: `);
  });

  it('goes no further', async () => {
    const text = await seen(
      'Connection: X-Hop, close\r\nX-Hop: 1\r\nKeep-Alive: 1\r\nProxy-Connection: a\r\nTE: trailers\r\nProxy-Authorization: b\r\n',
    );
    expect(text).not.toMatch(/\r\n(?:x-hop|keep-alive|proxy-connection|te|proxy-authorization):/);
  });

  it('or asks to be run as another request, or speaks for the gateway, goes no further', async () => {
    const text = await seen(
      'X-HTTP-Method-Override: DELETE\r\nX-Method-Override: DELETE\r\nX_HTTP_Method_Override: DELETE\r\nX-Headgate-Subject: admin\r\nX_Headgate_Subject: admin\r\nConnection: close\r\n',
    );
    expect(text).not.toMatch(/delete|admin/);
  });

  it('and where it comes from is not the caller’s to say', async () => {
    const text = await seen(
      'X-Forwarded-For: 9.9.9.9\r\nForwarded: for=9.9.9.9\r\nX-Real-IP: 9.9.9.9\r\nX_Forwarded_For: 9.9.9.9\r\nX-Forwarded-Host: 9.9.9.9\r\nX-Request-Id: 9.9.9.9\r\nConnection: close\r\n',
    );
    expect(text).not.toContain('9.9.9.9');
  });
});

/** A port on which connections are neither taken nor refused: its process stands still, and its queue is full. */
async function deafPort(): Promise<{ port: number; close: () => void }> {
  const listen = `require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () { console.log(this.address().port) })`;
  const child = spawn(process.execPath, ['-e', listen], { stdio: ['ignore', 'pipe', 'ignore'] });
  const port = Number(String((await once(child.stdout, 'data'))[0]));
  child.kill('SIGSTOP');
  const queued: Socket[] = [];
  for (let isFull = false; !isFull;) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    queued.push(socket);
    isFull = await Promise.race([once(socket, 'connect').then(() => false), delay(200).then(() => true)]);
  }
  const close = (): void => {
    for (const socket of queued) socket.destroy();
    child.kill('SIGKILL');
  };
  return { port, close };
}

describe('while the API takes no connection', () => {
  it('callers that leave are counted until the attempt ends, so that these are bounded too', async () => {
    const { port, close } = await deafPort();
    const gateway = await start({ policy: POLICY, upstream: `http://127.0.0.1:${port}`, bounds: { underWay: 20 } });
    const leave = async (): Promise<void> => {
      const { socket } = await dial(gateway.url);
      socket.write(GET);
      await new Promise<void>((resolve) => void socket.end(() => resolve()));
    };
    for (let i = 0; i < 20; i++) await leave();
    await expect.poll(async () => (await sendRaw(gateway.url, PROBE)).slice(0, 12)).toBe('HTTP/1.1 503');
    close();
    await gateway.stop(0);
  });
});

/* oxlint-disable vitest/no-conditional-expect, vitest/expect-expect -- whether it counts depends on the row; and what never comes is waited for in vain */
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ask2, dial2, frame, FRAME, GET, headBlock, type Frames } from '../http2-support.ts';
import { until } from '../support.ts';
import { ask, data, FLOODS, PASSED, REFUSED, reset, u32, many, begin } from './streams.ts';
import { OK } from './recorder.ts';
import { setUpRaw } from './set-up-raw.ts';
import { valuesOf } from './wire.ts';

const POLICY = `
headgate: 1
identify: { key: { header: X-API-Key, find: any }, anonymous: true }
unidentified: 2/hour
limits:
  calls: { rate: 5/minute, algorithm: fixed, per: key, when: 'subject.auth == "key"' }
`;

const heardOf = ({ heard }: Frames, type: number): readonly Buffer[] =>
  heard()
    .filter(([each]) => each === type)
    .map(([, payload]) => payload);

/** A ping comes back when all before it was dealt with. */
async function settled(line: Frames): Promise<void> {
  let closed = false;
  void line.closed.then(() => (closed = true));
  line.socket.write(frame(FRAME.ping, 0, 0, Buffer.from('are you?')));
  await until(() => closed || heardOf(line, FRAME.ping).length > 0);
}

describe('never reaches the API:', () => {
  // Kept whole, since a tuple whose end is optional would lose its order.
  it.each(REFUSED.map((each) => [each[0], each] as const))('%s', async (_, [, bytes, status]) => {
    const { gateway, api } = await setUpRaw({ policy: POLICY });
    const line = await dial2(gateway.url);
    line.socket.write(bytes);
    if (status !== undefined) await until(() => heardOf(line, FRAME.headers).length > 0);
    await settled(line);
    const answered = heardOf(line, FRAME.headers).length;
    expect([answered > 0, api.streams()]).toEqual([status !== undefined, []]);
    // A connection that is still open is still in step.
    if (!line.socket.destroyed) {
      line.socket.write(ask(99));
      await until(() => heardOf(line, FRAME.headers).length > answered);
    }
    if (status !== undefined) expect(await again(gateway.url)).toEqual([400, 429]);
    line.socket.destroy();
  });
});

/** One failure more, then what two of them leave: all that is answered counts. */
async function again(url: string): Promise<number[]> {
  const bad = await ask2(url, { ':path': '/a%00' });
  return [bad.status, (await ask2(url)).status];
}

describe('reaches the API in one form:', () => {
  it.each(PASSED)('%s', async (_, bytes, request, body) => {
    const { gateway, api } = await setUpRaw();
    const line = await dial2(gateway.url);
    line.socket.write(bytes);
    await until(() => api.heard().requests.length === 1);
    const { requests, faults, rest } = api.heard();
    expect(
      requests.map((each) => [each.first.split(' ').slice(0, 2).join(' '), each.body, valuesOf(each, 'x-api-key')]),
    ).toEqual([[request, body, []]]);
    expect([faults, rest]).toEqual([[], '']);
    line.socket.destroy();
  });
});

describe('a flood of', () => {
  it.each(FLOODS)('%s ends its own connection at most', async (_, bytes) => {
    const { gateway, api } = await setUpRaw({
      script: (socket, { first }) => void (first.includes('/healthy') && socket.write(OK)),
    });
    const line = await dial2(gateway.url);
    line.socket.write(bytes);
    expect((await ask2(`${gateway.url}/healthy`)).status).toBe(200);
    // Whatever it opened, the API saw no more of it at once than one connection may have.
    expect(api.streams().length).toBeLessThan(300);
    line.socket.destroy();
    await until(() => api.open() <= 1);
  });

  it('resets is ended at its bound, and each of them was charged', async () => {
    const { gateway, api } = await setUpRaw({
      policy: `${POLICY.replace('5/', '1000/')}respond: { headers: { of: calls, dialect: x-ratelimit } }\n`,
      script: (socket, { first }) => void (first.includes('/after') && socket.write(OK)),
    });
    const line = await dial2(gateway.url);
    let sent = 0;
    line.socket.on('close', () => (sent = 1000));
    while (sent < 1000) {
      const id = 2 * sent++ + 1;
      line.socket.write(Buffer.concat([ask(id, [...GET, ['x-api-key', 'k']]), reset(id)]));
      // oxlint-disable-next-line no-await-in-loop -- so that each is dealt with before the next
      if (sent % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await line.closed;
    // 200 at once and 20 a second, and some that were under way.
    expect(api.streams().length).toBeLessThan(300);
    const left = Number((await ask2(`${gateway.url}/after`, { 'x-api-key': 'k' })).headers['x-ratelimit-remaining']);
    expect(left).toBeLessThan(1000 - 200);
  });

  it('answers that the API tears is not the caller’s', async () => {
    const torn: Socket[] = [];
    const { gateway } = await setUpRaw({
      script: (socket) => {
        torn.push(socket);
        socket.write(OK.replace(': 2', ': 3'));
      },
    });
    const line = await dial2(gateway.url);
    for (let i = 0; i < 300; i += 50) {
      line.socket.write(
        many(50, (at) =>
          ask(2 * (i + at) + 1, [
            [':method', 'GET'],
            [':scheme', 'http'],
            [':authority', 'a'],
            [':path', '/torn'],
          ]),
        ),
      );
      // oxlint-disable-next-line no-await-in-loop -- the beginning has been sent on before it breaks off
      await until(() => heardOf(line, FRAME.data).length === i + 50 || line.socket.destroyed);
      for (const socket of torn.splice(0)) socket.end();
      // oxlint-disable-next-line no-await-in-loop -- one lot after another
      await until(() => heardOf(line, FRAME.reset).length === i + 50 || line.socket.destroyed);
    }
    expect(line.socket.destroyed).toBe(false);
    line.socket.destroy();
  });
});

describe('a connection', () => {
  it('takes no stream behind a goodbye, and answers those before it', async () => {
    const { gateway } = await setUpRaw();
    const line = await dial2(gateway.url);
    line.socket.write(Buffer.concat([ask(1), frame(FRAME.goaway, 0, 0, Buffer.alloc(8))]));
    await until(() => heardOf(line, FRAME.headers).length === 1);
    await line.closed;
  });

  it.each(['end', 'destroy', 'resetAndDestroy'] as const)(
    'with half-closed streams lets the API go: %s',
    async (how) => {
      const { gateway, api } = await setUpRaw({ script: () => undefined });
      const line = await dial2(gateway.url);
      line.socket.write(Buffer.concat([ask(1), ask(3), begin(5), frame(FRAME.data, 0, 5, Buffer.from('half'))]));
      await until(() => api.heard().requests.length === 2 && api.heard().rest.includes('half'));
      line.socket[how]();
      await until(() => api.open() === 0);
    },
  );

  it('that grants no window holds the API back, and others are served', async () => {
    const large = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: 16000000\r\n\r\n${'x'.repeat(16_000_000)}`);
    const { gateway, api } = await setUpRaw({
      script: (socket, { first }) => void socket.write(first.includes('/large') ? large : OK),
    });
    const path = GET.map(([name, value]) => [name, name === ':path' ? '/large' : value] as const);
    const lines = await Promise.all(Array.from({ length: 3 }, () => dial2(gateway.url)));
    for (const { socket } of lines) {
      socket.write(frame(FRAME.settings, 0, 0, Buffer.concat([Buffer.from([0, 4]), u32(0)])));
      socket.write(many(10, (i) => ask(2 * i + 1, path)));
    }
    await until(() => lines.every((line) => heardOf(line, FRAME.headers).length === 10));
    expect((await ask2(gateway.url)).status).toBe(200);
    const waiting = new Set<unknown>();
    api.each((socket) => void (socket.writableLength > 0 && waiting.add(socket)));
    expect(waiting.size).toBe(30);
    for (const { socket } of lines) socket.destroy();
    await until(() => api.open() <= 1);
  });

  it.each([
    ['is idle', Buffer.alloc(0), { keepAliveMs: 200 }],
    ['sends a head that never ends', frame(FRAME.headers, 1, 1, headBlock(GET)), { keepAliveMs: 200 }],
    ['has nothing moving on it', begin(1), { silenceMs: 200 }],
    ['has a request on it that takes too long', begin(1), { totalMs: 200 }],
  ])('that %s ends in time, whatever else it sends', async (_, bytes, bounds) => {
    const { gateway, api } = await setUpRaw({ bounds });
    const line = await dial2(gateway.url);
    line.socket.write(bytes);
    await until(() => line.socket.destroyed || heardOf(line, FRAME.reset).length > 0);
    line.socket.destroy();
    await until(() => api.open() === 0);
  });

  it('whose caller goes on sending is not taken for silent', async () => {
    const { gateway, api } = await setUpRaw({ bounds: { silenceMs: 1500 } });
    const line = await dial2(gateway.url);
    line.socket.write(begin(1));
    for (let i = 0; i < 20; i++) {
      line.socket.write(data(1, 'x', 0));
      // oxlint-disable-next-line no-await-in-loop -- longer in all than the bound, each shorter
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    line.socket.write(data(1, 'y'));
    await until(() => heardOf(line, FRAME.headers).length === 1);
    expect(api.heard().requests[0]?.body).toBe(`${'x'.repeat(20)}y`);
    line.socket.destroy();
  });
});

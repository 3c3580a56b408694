import { describe, expect, it } from 'vitest';
import { ask, DEADLINE_MS, until } from '../support.ts';
import { call, callRaw, chat, closeIn, frame } from './chat.ts';

const KEY = 'headgate: 1\nidentify: { key: { header: X-API-Key, find: any } }\n';
/** Every message is read, and every socket holds a permit. */
const READ = `${KEY}
operations: { open: { event: connect }, say: { event: message.in }, rest: { match: ANY /** } }
limits:
  open: { concurrency: 1, per: key, on: open }
  said: { rate: 1000/minute, per: key, on: say, cost: 'has(message.body.n) ? message.body.n : 1' }
`;
/** None is read. */
const COUNT = READ.replace(/, cost: .*/, ' }');

const [TEXT, MORE, CLOSE, PING] = [1, 0, 8, 9];
const eight = (length: bigint): Buffer => {
  const bytes = Buffer.alloc(9);
  bytes[0] = 0xff;
  bytes.writeBigUInt64BE(length, 1);
  return bytes;
};

/** Waits until the one permit can be had again. */
async function freed(url: string): Promise<void> {
  const isOpen = (): Promise<boolean> =>
    call(url).then(
      ({ socket }) => (socket.terminate(), true),
      () => false,
    );
  await expect.poll(isOpen, { timeout: DEADLINE_MS }).toBe(true);
}

describe('a caller that breaks the rules of web sockets', () => {
  const rows: readonly (readonly [what: string, policy: string, bytes: Buffer, code: number])[] = [
    ['a frame of 2^63 bytes', READ, frame(TEXT, '', true, eight(2n ** 63n)), 1002],
    ['a frame of 2^64 - 1 bytes', COUNT, frame(TEXT, '', true, eight(2n ** 64n - 1n)), 1002],
    ['a frame of 2^62 bytes', COUNT, frame(TEXT, '', true, eight(2n ** 62n)), 1009],
    ['a frame longer than may be read', READ, frame(TEXT, '', true, eight(2n ** 21n)), 1009],
    ['a length in more bytes than it needs', COUNT, frame(TEXT, 'x', true, eight(1n)), 1002],
    ['a frame without a mask', COUNT, Buffer.from([0x81, 1, 0x61]), 1002],
    ['a bit of an extension', COUNT, Buffer.concat([Buffer.from([0xc1]), frame(TEXT, 'x').subarray(1)]), 1002],
    ['a frame of no known kind', COUNT, frame(3, 'x'), 1002],
    ['a control frame of no known kind', COUNT, frame(0xb, 'x'), 1002],
    ['a ping in parts', COUNT, frame(PING, 'x', false), 1002],
    ['a ping of 126 bytes', COUNT, frame(PING, 'x'.repeat(126)), 1002],
    ['a close of one byte', COUNT, frame(CLOSE, 'x'), 1002],
    ['more of no message', COUNT, frame(MORE, 'x'), 1002],
    ['a message within a message', READ, Buffer.concat([frame(TEXT, 'a', false), frame(TEXT, 'b')]), 1002],
    [
      'parts that are longer together than may be read',
      READ,
      Buffer.concat(Array.from({ length: 40 }, (_, i) => frame(i === 0 ? TEXT : MORE, 'x'.repeat(30_000), false))),
      1009,
    ],
    [
      'a million empty parts',
      READ,
      Buffer.concat([frame(TEXT, 'a', false), ...new Array<Buffer>(1_000_000).fill(frame(MORE, '', false))]),
      1008,
    ],
    ['a flood of pings', COUNT, Buffer.concat(new Array<Buffer>(10_000).fill(frame(PING, 'x'))), 1008],
  ];

  it.each(rows)('%s ends its socket with its code, and its permit comes back', async (_, policy, bytes, code) => {
    const { gateway, heard, ends } = await chat(policy);
    const { socket, heard: got, closed } = await callRaw(gateway.url);
    socket.write(bytes);
    await closed;
    expect(closeIn(got())).toBe(code);
    await until(() => ends.length === 1);
    await freed(gateway.url);
    expect(heard).toEqual([]);
  });

  it('half a frame and silence: a message that is read has to come in time, whatever the API says meanwhile', async () => {
    const { gateway, sockets } = await chat(READ, { bodyMs: 300, silenceMs: 60_000 });
    const line = await callRaw(gateway.url);
    line.socket.write(frame(TEXT, '{"n": 5}').subarray(0, 8));
    const talking = setInterval(() => sockets[0]?.send('are you there?'), 50);
    await line.closed;
    clearInterval(talking);
    expect(closeIn(line.heard())).toBe(1008);
  });

  it('half a head and silence: the socket ends with its silence', async () => {
    const { gateway } = await chat(COUNT, { silenceMs: 300 });
    const line = await callRaw(gateway.url);
    line.socket.write(frame(TEXT, 'x').subarray(0, 1));
    await line.closed;
    expect(closeIn(line.heard())).toBeUndefined();
    await freed(gateway.url);
  });

  it('a frame in single bytes passes, as it came', async () => {
    const { gateway, heard } = await chat(READ);
    const { socket } = await callRaw(gateway.url);
    socket.setNoDelay(true);
    for (const byte of frame(TEXT, '{"n": 5}')) socket.write(Buffer.from([byte]));
    await until(() => heard.length === 1);
    expect(heard).toEqual(['{"n": 5}']);
  });

  it('a close without a reason passes, and both sides part', async () => {
    const { gateway, ends } = await chat(READ);
    const { socket, closed } = await callRaw(gateway.url);
    socket.write(Buffer.concat([frame(CLOSE), frame(TEXT, 'after it')]));
    await closed;
    await until(() => ends.length === 1);
    expect(ends).toEqual([[1005, '']]);
    await freed(gateway.url);
  });

  it('that reads nothing is not answered without end: what it sends is left unread', async () => {
    const { gateway } = await chat(
      READ.replace('1000/minute', '1/hour').replace(/, cost: (.*) }/, ", past: { body: '" + 'x'.repeat(1000) + "' } }"),
    );
    const { socket } = await callRaw(gateway.url);
    socket.pause();
    const one = Buffer.concat(new Array<Buffer>(1000).fill(frame(TEXT, 'x'.repeat(100))));
    let sent = 0;
    while (sent < 2000 && socket.write(one)) {
      sent++;
      // oxlint-disable-next-line no-await-in-loop -- one after another, for as long as they are taken
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => gateway.log.denials.length > 100);
    const { length } = gateway.log.denials;
    await ask(gateway.url, { headers: { 'X-API-Key': 'other' } });
    // A thousand answers are a megabyte: the buffers of the sockets are full long before all of it was judged.
    expect(length).toBeLessThan(100_000);
  });
});

describe('an API that breaks the rules', () => {
  it('by an extension that nobody offered is answered with 502', async () => {
    const { api, gateway } = await chat(READ);
    api.server.removeAllListeners('upgrade');
    api.server.on('upgrade', (_, socket) => {
      socket
        .on('error', () => undefined)
        .on('end', () => socket.destroy())
        .resume();
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n',
      );
    });
    await expect(call(gateway.url)).rejects.toThrow('502');
  });

  it('by masked frames ends the socket', async () => {
    const { gateway, server } = await chat(READ);
    server.on('connection', (_, { socket }) => socket.write(frame(TEXT, 'x')));
    const caller = await call(gateway.url);
    await until(() => caller.ended() !== undefined);
    expect(caller.ended()?.[0]).toBe(1002);
  });
});

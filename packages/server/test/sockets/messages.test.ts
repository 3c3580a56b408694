import { describe, expect, it } from 'vitest';
import { DEADLINE_MS, until } from '../support.ts';
import { call, chat } from './chat.ts';

const KEY = 'headgate: 1\nidentify: { key: { header: X-API-Key, find: any } }\n';
const SAY = `${KEY}
operations: { say: { event: message.in } }
limits: { said: { rate: 2/hour, algorithm: fixed, per: key, on: say, past: { status: 429, body: { error: slow down, wait: "{retryAfter}" } } } }
`;

describe('messages of a caller', () => {
  it('pass until their limit, and then are answered with a frame while the socket stays', async () => {
    const { gateway, heard } = await chat(SAY);
    const caller = await call(gateway.url);
    expect(caller.socket.extensions).toBe('');
    for (const word of ['one', 'two', 'three', 'four']) caller.socket.send(word);
    await until(() => caller.heard.length === 2 && heard.length === 2);
    expect(heard).toEqual(['one', 'two']);
    expect(caller.heard.map((text) => JSON.parse(text) as unknown)).toEqual([
      { error: 'slow down', wait: 3600 },
      { error: 'slow down', wait: 3600 },
    ]);
    gateway.clock.nowMs += 3_600_000;
    caller.socket.send('five');
    await until(() => heard.length === 3);
    expect(gateway.log.denials.map(({ limit, status }) => [limit, status])).toEqual([
      ['said', 429],
      ['said', 429],
    ]);
  });

  it('end the socket on both sides where the answer says so', async () => {
    const { gateway, heard, ends } = await chat(
      SAY.replace('body:', 'close: 1013, reason: "Wait {retryAfter} s.", body:'),
    );
    const caller = await call(gateway.url);
    for (const word of ['one', 'two', 'three', 'four']) caller.socket.send(word);
    await until(() => caller.ended() !== undefined && ends.length === 1);
    expect(caller.heard.map((text) => JSON.parse(text) as unknown)).toEqual([{ error: 'slow down', wait: 3600 }]);
    expect([caller.ended(), ends[0]]).toEqual([
      [1013, 'Wait 3600 s.'],
      [1013, 'Wait 3600 s.'],
    ]);
    expect(heard).toEqual(['one', 'two']);
  });

  it('are read where limits read them, and pass as they came, in however many parts', async () => {
    const { gateway, heard } = await chat(`${KEY}
operations: { heavy: { event: message.in, when: 'message.body.kind == "heavy"' } }
limits: { heavy: { quota: 10/day, per: key, on: heavy, cost: message.body.cost, past: { body: no } } }`);
    const caller = await call(gateway.url);
    const say = (value: object): void => caller.socket.send(JSON.stringify(value));
    say({ kind: 'light', cost: 100 });
    const text = JSON.stringify({ kind: 'heavy', cost: 7, text: 'ü'.repeat(40_000) });
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += 30_000)
      caller.socket.send(bytes.subarray(at, at + 30_000), { fin: at + 30_000 >= bytes.length, binary: false });
    say({ kind: 'heavy', cost: 4 });
    caller.socket.send('{');
    say({ kind: 'heavy', cost: 3 });
    await until(() => heard.length === 4);
    expect(heard).toEqual([
      JSON.stringify({ kind: 'light', cost: 100 }),
      text,
      '{',
      JSON.stringify({ kind: 'heavy', cost: 3 }),
    ]);
    await until(() => caller.heard.length === 1);
    expect(caller.heard).toEqual(['no']);
  });

  it('that are long pass without being kept, at whatever length', async () => {
    const { gateway, heard } = await chat(SAY, { bodyBytes: 1000, bodiesBytes: 1000 });
    const caller = await call(gateway.url);
    caller.socket.send('x'.repeat(3_000_000));
    await until(() => heard.length === 1);
    expect(heard[0]?.length).toBe(3_000_000);
  });

  it('are judged by the policy that is in force when they come', async () => {
    const { gateway, heard } = await chat(SAY);
    const { parsePolicy } = await import('headgate/policy');
    const caller = await call(gateway.url);
    for (const word of ['one', 'two', 'three']) caller.socket.send(word);
    await until(() => caller.heard.length === 1);
    gateway.use(parsePolicy(SAY.replace('2/hour', '4/hour')));
    for (const word of ['four', 'five', 'six']) caller.socket.send(word);
    await until(() => caller.heard.length === 2);
    gateway.use(parsePolicy(`${KEY}limits: { calls: { rate: 1/hour, per: key } }`));
    for (const word of ['seven', 'eight']) caller.socket.send(word);
    await until(() => heard.length === 6);
    expect(heard).toEqual(['one', 'two', 'four', 'five', 'seven', 'eight']);
  });

  it('are not read by a policy that asks nothing of them', async () => {
    const { gateway, heard } = await chat(
      `${KEY}operations: { open: { event: connect } }\nlimits: { o: { rate: 2/hour, per: key, on: open } }`,
    );
    const caller = await call(gateway.url);
    expect(caller.socket.extensions).toContain('permessage-deflate');
    caller.socket.send('compressed'.repeat(1000));
    await until(() => heard.length === 1);
  });
});

describe('messages of the API', () => {
  const HEAR = `${KEY}operations: { hear: { event: message.out } }
limits: { heard: { rate: 3/hour, algorithm: fixed, per: connection.id, on: hear, past: { body: "too much" } } }`;

  it('that are refused are left out, and the caller is told once', async () => {
    const { gateway, sockets } = await chat(HEAR);
    const caller = await call(gateway.url);
    await until(() => sockets.length === 1);
    for (let i = 0; i < 100; i++) sockets[0]?.send(String(i));
    await until(() => caller.heard.length === 4);
    gateway.clock.nowMs += 3_600_000;
    sockets[0]?.send('later');
    await until(() => caller.heard.length === 5);
    expect(caller.heard).toEqual(['0', '1', '2', 'too much', 'later']);
  });

  it('and answers of ours do not mix: an answer waits until a message in parts has come to its end', async () => {
    const { gateway, sockets } = await chat(SAY);
    const caller = await call(gateway.url);
    await until(() => sockets.length === 1);
    sockets[0]?.send('first half, ', { fin: false });
    for (const word of ['one', 'two', 'three']) caller.socket.send(word);
    await until(() => gateway.log.denials.length === 1);
    sockets[0]?.send('second half', { fin: true });
    await until(() => caller.heard.length === 2);
    expect(caller.heard[0]).toBe('first half, second half');
  });
});

describe('a connection', () => {
  it('counts while it lasts, and its permit comes back when it is closed', async () => {
    const { gateway } = await chat(`${KEY}operations: { open: { event: connect } }
limits: { sockets: { concurrency: 1, per: key, on: open, hold: { until: connection.closed } } }`);
    const first = await call(gateway.url);
    await expect(call(gateway.url)).rejects.toThrow('429');
    first.socket.terminate();
    await expect
      .poll(
        () =>
          call(gateway.url).then(
            () => 'open',
            () => 'refused',
          ),
        { timeout: DEADLINE_MS },
      )
      .toBe('open');
  });

  it('is charged by the second, and ended when nothing is left', async () => {
    const { gateway, ends } = await chat(`${KEY}operations: { second: { event: tick, every: 1s } }
limits: { seconds: { quota: 1/day, per: key, on: second, past: { status: 402, close: 4402, reason: used up } } }`);
    const caller = await call(gateway.url);
    await until(() => caller.ended() !== undefined && ends.length === 1);
    expect([caller.ended(), ends[0]]).toEqual([
      [4402, 'used up'],
      [4402, 'used up'],
    ]);
  });
});

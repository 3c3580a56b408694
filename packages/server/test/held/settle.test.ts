/* oxlint-disable no-await-in-loop -- one request after another */
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { systemClock } from 'headgate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSettle } from '../../src/settle/settle.ts';
import { readCosts } from '../../src/settle/costs.ts';
import { readEvent } from '../../src/settle/event.ts';
import { MIN_TOKEN, readTokens, Tokens } from '../../src/settle/tokens.ts';
import { sha256 } from '../../src/gateway/sha256.ts';
import { file, run, serve, startedApi } from '../cli-support.ts';
import { POLICY } from '../set-up.ts';
import { ask, dial, start, startApi, until, type Answer, type Api, type Started } from '../support.ts';

const TOKEN = 'b'.repeat(MIN_TOKEN);
const ID = randomBytes(16).toString('hex');

let api: Api;
let gateway: Started;

beforeEach(async () => {
  api = await startApi((_, response) => response.end('ok'));
  gateway = await start({ policy: POLICY, upstream: api.url, tokens: [TOKEN], admin: true });
});

afterEach(async () => {
  await gateway.stop(0);
  await api.close();
});

function say(
  path: string,
  body = '{"costs":{}}',
  headers: Record<string, string> = {},
  method = 'POST',
): Promise<Answer> {
  return ask(`${gateway.settleUrl}${path}`, {
    method,
    body,
    headers: { authorization: `Bearer ${TOKEN}`, ...headers },
  });
}

const SETTLE = `/v1/reservations/${ID}/settle`;

describe('the listener on which an API settles', () => {
  it.each<[what: string, path: string, body: string, headers: Record<string, string>, method: string, status: number]>([
    ['no such reservation', SETTLE, '', {}, 'POST', 404],
    ['none to cancel', `/v1/reservations/${ID}/cancel`, '', {}, 'POST', 404],
    ['none to renew', `/v1/reservations/${ID}/renew`, '', {}, 'POST', 404],
    ['another verb', `/v1/reservations/${ID}/keep`, '', {}, 'POST', 404],
    ['another path', '/', '', {}, 'POST', 404],
    ['a path that is longer', `${SETTLE}/x`, '', {}, 'POST', 404],
    ['an id that is none', '/v1/reservations/a%2fb/settle', '', {}, 'POST', 404],
    ['another method', SETTLE, '', {}, 'PUT', 405],
    ['a body that is no JSON', SETTLE, 'x', {}, 'POST', 400],
    ['a body that is too large', SETTLE, `{"costs":{"${'x'.repeat(20_000)}":1}}`, {}, 'POST', 413],
    ['no token', SETTLE, '', { authorization: '' }, 'POST', 401],
    ['another token', SETTLE, '', { authorization: `Bearer ${'c'.repeat(MIN_TOKEN)}` }, 'POST', 401],
    ['a part of the token', SETTLE, '', { authorization: `Bearer ${TOKEN.slice(1)}` }, 'POST', 401],
    ['a token and more', SETTLE, '', { authorization: `Bearer ${TOKEN}x` }, 'POST', 401],
    ['the token by another scheme', SETTLE, '', { authorization: `Basic ${TOKEN}` }, 'POST', 401],
    ['two tokens', SETTLE, '', { authorization: `Bearer ${TOKEN} ${TOKEN}` }, 'POST', 401],
    ['no token, and a path that is none', '/', '', { authorization: '' }, 'POST', 401],
  ])('refuses %s with a problem', async (_, path, body, headers, method, status) => {
    const answer = await say(path, body, headers, method);
    expect([answer.status, answer.headers['content-type']]).toEqual([status, 'application/problem+json']);
    expect(JSON.parse(answer.body)).toMatchObject({ status });
  });

  it('asks for a token in the way of RFC 6750', async () => {
    expect((await say(SETTLE, '', { authorization: '' })).headers['www-authenticate']).toBe('Bearer realm="settle"');
  });

  it('tells an address that shows many wrong tokens to wait, and goes on to take right ones from it', async () => {
    const wrong = { authorization: `Bearer ${'c'.repeat(MIN_TOKEN)}` };
    const statuses: number[] = [];
    for (let i = 0; i < 15; i++) statuses.push((await say(SETTLE, '', wrong)).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), ...Array.from({ length: 5 }, () => 429)]);
    const { status, headers } = await say(SETTLE, '', wrong);
    expect([status, headers['retry-after'], gateway.log.lines.length]).toEqual([429, '64', 10]);
    expect((await say(SETTLE, '')).status).toBe(404);
    gateway.clock.nowMs += 64_000;
    expect((await say(SETTLE, '', wrong)).status).toBe(401);
  });

  it('is not where callers come in, nor where the gateway is watched', async () => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    expect((await ask(`${gateway.url}${SETTLE}`, { method: 'POST', headers })).body).toBe('ok');
    expect((await ask(`${gateway.adminUrl}${SETTLE}`, { method: 'POST', headers })).status).toBe(404);
    expect((await ask(`${gateway.settleUrl}/metrics`, { headers })).status).toBe(404);
  });

  it('lives through whoever leaves it in the middle, at each byte', async () => {
    const text = `POST ${SETTLE} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Length: 12\r\n\r\n{"costs":{}}`;
    for (let at = 1; at < text.length; at += 7) {
      const line = await dial(gateway.settleUrl ?? '');
      line.socket.write(text.slice(0, at));
      line.socket.destroy();
      await line.closed;
    }
    expect((await say(SETTLE)).status).toBe(404);
  });

  it('knows the API by other tokens once it is told them', async () => {
    gateway.retoken(['d'.repeat(MIN_TOKEN), 'e'.repeat(MIN_TOKEN)]);
    expect((await say(SETTLE)).status).toBe(401);
    for (const token of ['d', 'e'])
      expect((await say(SETTLE, '', { authorization: `Bearer ${token.repeat(MIN_TOKEN)}` })).status).toBe(404);
  });
});

describe('a gate that fails', () => {
  it('is told as 500, and written down', async () => {
    const faults: unknown[] = [];
    const fault = new Error('the store is gone');
    const listener = await startSettle({
      listen: { host: '127.0.0.1', port: 0 },
      tokens: new Tokens([TOKEN], sha256),
      gate: {
        resolve: () => {
          throw fault;
        },
        adjust: () => 'unknown',
        grant: () => 'unknown',
        event: () => 'unknown',
      },
      networkOf: (address) => address,
      clock: systemClock(),
      onAnswer: () => undefined,
      onWrongToken: () => undefined,
      onFault: (error) => faults.push(error),
    });
    const answer = await ask(`${listener.url}${SETTLE}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    listener.close();
    expect([answer.status, answer.body.includes('store'), faults]).toEqual([500, false, [fault]]);
  });
});

describe('a settlement', () => {
  it.each<[string, unknown]>([
    ['', {}],
    ['{}', {}],
    ['{"costs":{}}', {}],
    ['{"costs":{"tokens":0,"spend":0.25}}', { tokens: 0, spend: 0.25 }],
  ])('%s is read', (text, costs) => {
    expect(readCosts(text)).toEqual(costs);
  });

  it.each([
    ['{"costs":{"tokens":-5}}', 'tokens": expected a number from 0, got -5'],
    ['{"costs":{"tokens":NaN}}', 'expected JSON'],
    ['{"costs":{"tokens":"3"}}', 'got "3"'],
    ['{"costs":{"tokens":1e400}}', 'got Infinity'],
    ['{"costs":{"tokens":null}}', 'got null'],
    ['{"costs":[1]}', 'expected an object, got [1]'],
    ['[]', 'the body: expected an object'],
    ['3', 'the body: expected an object, got 3'],
    ['{"cost":{"tokens":3}}', '"cost": expected nothing but "costs"'],
    ['{"costs":{"tokens":3}', 'expected JSON'],
  ])('%s is refused, and named', (text, said) => {
    expect(() => readCosts(text)).toThrow(said);
  });

  it.each([
    ['lists', '[', ']', 'got ["…"]'],
    ['objects', '{"":', '}', 'got {"":"…"}'],
  ])('is refused, and named, however deep its %s are', (_, opens, closes, said) => {
    const deep = `${opens.repeat(3000)}1${closes.repeat(3000)}`;
    expect(() => readCosts(`{"costs":{"tokens":${deep}}}`)).toThrow(said);
    expect(() => readEvent(`{"facts":{},"id":${deep}}`)).toThrow(said);
  });

  it('has at most a hundred names', () => {
    const costs = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`n${i}`, 1]));
    expect(() => readCosts(JSON.stringify({ costs }))).toThrow('at most 100 names, got 101');
  });
});

describe('a file of tokens', () => {
  it('has one a line, and remarks', () => {
    const [one, two] = ['a'.repeat(32), `${'b'.repeat(42)}==`];
    expect(readTokens(`# this year's\n ${one} \r\n\n# next year's\n${two}\n`)).toEqual([one, two]);
  });

  it.each([
    ['', 'expected a token, found none'],
    ['# nothing\n', 'expected a token, found none'],
    ['short', 'line 1: expected at least 32 characters, got 5'],
    [`${'a'.repeat(32)}\n\n${'b'.repeat(31)}`, 'line 3: expected at least 32 characters, got 31'],
    [`${'a'.repeat(20)} ${'a'.repeat(20)}`, 'line 1: a token is letters'],
    [Array.from({ length: 17 }, (_, i) => `${i}`.padStart(32, 'x')).join('\n'), 'at most 16 tokens, found 17'],
  ])('that is wrong is refused, and no token told: %j', (text, said) => {
    expect(() => readTokens(text)).toThrow(said);
    for (const line of text.split('\n').filter((each) => each.length > 30))
      expect(() => readTokens(text)).not.toThrow(line);
  });

  it('lets nobody in who shows nothing', () => {
    expect(new Tokens([], sha256).admits(undefined)).toBe(false);
    expect(new Tokens([TOKEN], sha256).admits('Bearer ')).toBe(false);
  });
});

describe('headgate serve --settle', () => {
  it('says where, behind the other lines, and reads its tokens again when their file changes', async () => {
    const upstream = await startedApi((_, response) => response.end());
    const tokens = file('tokens', `${TOKEN}\n`);
    const words = ['--admin', '127.0.0.1:0', '--settle', '127.0.0.1:0', '--settle-token-file', tokens];
    const serving = await serve(file('settle.yaml', POLICY), upstream.url, ...words);
    const [, url] =
      /^headgate: listening on \S+\nheadgate: admin on \S+\nheadgate: settle on (\S+)\n$/.exec(serving.stdout()) ?? [];
    const status = async (token: string): Promise<number> =>
      (await ask(`${url}${SETTLE}`, { method: 'POST', headers: { authorization: `Bearer ${token}` } })).status;
    expect(await status(TOKEN)).toBe(404);
    writeFileSync(tokens, `${'f'.repeat(MIN_TOKEN)}\n`);
    await until(() => serving.stderr().includes('tokens reloaded'));
    expect([await status(TOKEN), await status('f'.repeat(MIN_TOKEN))]).toEqual([401, 404]);
    writeFileSync(tokens, 'short\n');
    await until(() => serving.stderr().includes('tokens not reloaded'));
    expect(await status('f'.repeat(MIN_TOKEN))).toBe(404);
    rmSync(tokens);
  });

  it.each([
    [['--settle', '127.0.0.1:0'], 2, '--settle and --settle-token-file go together'],
    [['--settle-token-file', 'x'], 2, '--settle and --settle-token-file go together'],
    [['--settle', '127.0.0.1:0', '--settle-token-file', '/nowhere'], 1, 'cannot read /nowhere'],
    [['--settle', 'here', '--settle-token-file', 'x'], 2, '--settle: expected host:port'],
  ])('refuses %j', async (words, code, said) => {
    const ran = await run('serve', file('settle.yaml', POLICY), '--upstream', 'http://127.0.0.1:9', ...words);
    expect([ran.code, ran.stdout]).toEqual([code, '']);
    expect(ran.stderr).toContain(said);
  });

  it.each(['--listen', '--admin', '--settle'])('ends when it cannot listen at %s', async (flag) => {
    const places: Record<string, string> = { '--listen': '', '--admin': '', '--settle': '' };
    for (const each of Object.keys(places)) places[each] = each === flag ? new URL(gateway.url).host : '127.0.0.1:0';
    const words = [...Object.entries(places).flat(), '--settle-token-file', file('tokens', `${TOKEN}\n`)];
    const ran = await run('serve', file('settle.yaml', POLICY), '--upstream', 'http://127.0.0.1:9', ...words);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/^headgate: cannot listen on .*: the address is in use$/m);
  });
});

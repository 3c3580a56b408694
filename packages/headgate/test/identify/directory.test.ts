/* oxlint-disable no-await-in-loop -- requests that follow one another are what is tested */
import { describe, expect, it } from 'vitest';
import type { Fetch } from '../../src/http/outside.ts';
import { answered, forwarded, gateOf, sha256, viewOf } from '../gate-of.ts';
import { ATTRIBUTES, key, Keys, policy, reply, settled } from './directories.ts';

describe('a directory', () => {
  it('is asked with the credential in a header, never in the URL, and says who it is', async () => {
    const keys = new Keys();
    const text = policy('', ATTRIBUTES, 'unidentified: 9/minute').replace(
      '{= subject.key }',
      '{= subject.account } {= subject.plan }',
    );
    const { wait } = gateOf(text, { fetch: keys.fetch });
    expect(forwarded(await wait(key('good'))).settle(200)).toEqual(['X-Who', 'acme PRO']);
    const [call] = keys.calls;
    expect({ ...call, signal: undefined }).toEqual({
      url: 'https://keys.example/who',
      method: 'GET',
      redirect: 'manual',
      headers: { accept: 'application/json', authorization: 'Bearer good' },
      signal: undefined,
    });
  });

  it('is asked as it wants to be, with our own credential beside', async () => {
    const keys = new Keys();
    const http = ', method: POST, send: X-Key, headers: { X-Service: { env: TOKEN } }';
    const { wait } = gateOf(policy(http, ''), { fetch: keys.fetch, env: { TOKEN: 's3' } });
    await wait(key('good'));
    expect(keys.calls[0]).toMatchObject({ method: 'POST', headers: { 'x-key': 'good', 'x-service': 's3' } });
    expect(() => gateOf(policy(http, ''), { env: {} })).toThrow(
      /^ERR_SECRET: identify\.key\.http\.headers\.x-service: expected the variable TOKEN/,
    );
    const basic = gateOf(policy(', send: basic', ''), { fetch: keys.fetch });
    await basic.wait(key('good'));
    expect(keys.calls[1]?.headers['authorization']).toBe(`Basic ${btoa('good:')}`);
  });

  it.each([
    [200, 'forward'],
    [204, 'forward'],
    [401, 401],
    [403, 401],
    [404, 401],
    [410, 401],
    [201, 503],
    [301, 503],
    [302, 503],
    [400, 503],
    [429, 503],
    [500, 503],
    [-1, 503],
  ])('that answers %i lets a caller be answered %s', async (status, expected) => {
    const keys = new Keys();
    keys.status = status;
    const handled = await gateOf(policy('', ''), { fetch: keys.fetch }).wait(key('good'));
    expect(handled.kind === 'forward' ? 'forward' : handled.status).toBe(expected);
  });

  it('that is down is said in the log without the credential, and costs the caller nothing', async () => {
    const keys = new Keys();
    keys.status = -1;
    const { wait } = gateOf(policy('', '', 'unidentified: 1/minute'), { fetch: keys.fetch });
    for (let i = 0; i < 5; i++) {
      const down = answered(await wait(key('secret-key')));
      expect([down.status, down.field('Retry-After'), down.denial?.limit]).toEqual([503, '1', 'unavailable']);
      expect(down.denial?.fault).toBe('identify.key: https://keys.example/who: fetch failed');
      expect(JSON.stringify(down)).not.toContain('secret-key');
    }
  });

  it.each([
    ['no JSON', '<html>good</html>'],
    ['a list', []],
    ['nothing', ''],
    ['no account', { plan: 'PRO' }],
    ['an account that is a map', { plan: 'PRO', account: { id: {} } }],
    ['a plan that is a list', { plan: ['PRO'], account: { id: 'a' } }],
    ['a number that is none', '{"plan":1e999,"account":{"id":"a"}}'],
    ['too much', JSON.stringify({ plan: 'P', account: { id: 'a' }, x: 'x'.repeat(70_000) })],
  ])('that answers 200 with %s cannot be understood: 503', async (_, body) => {
    const { wait } = gateOf(policy(), { fetch: async () => reply(200, body) });
    const { status, denial } = answered(await wait(key('good')));
    expect(status).toBe(503);
    expect(denial?.fault).not.toContain('<html>');
  });

  it('is given up after its time, body included, whether or not the fetch is', async () => {
    const stops = [new AbortController(), new AbortController()];
    const asked: number[] = [];
    const never: Fetch[] = [
      () => new Promise<never>(() => {}),
      async () => ({ status: 200, body: new ReadableStream({ pull: () => new Promise<never>(() => {}) }) }),
    ];
    for (const [i, fetch] of never.entries()) {
      const deadline = (afterMs: number): AbortSignal => {
        asked.push(afterMs);
        return stops[i]?.signal ?? AbortSignal.abort();
      };
      const waiting = gateOf(policy(', timeout: 750ms'), { fetch, deadline }).wait(key('good'));
      await settled();
      stops[i]?.abort();
      expect(answered(await waiting).denial?.fault).toContain('no answer in time');
    }
    expect(asked).toEqual([750, 750]);
  });

  it('is not asked about what no header can carry', async () => {
    const keys = new Keys();
    const cookie = policy('', '').replace('header: X-API-Key', 'cookie: sid');
    const { ask } = gateOf(cookie, { fetch: keys.fetch });
    expect(answered(ask({ fields: [['Cookie', `sid=${'x'.repeat(4097)}`]] })).status).toBe(401);
    expect(keys.calls).toEqual([]);
  });
});

describe('what a directory said', () => {
  it('is remembered for its time: who was found, and that nobody was', async () => {
    const keys = new Keys();
    const { wait, ask, clock } = gateOf(policy(', cache: { found: 60s, missing: 10s }'), { fetch: keys.fetch });
    await wait(key('good'));
    await wait(key('bad'));
    expect([forwarded(ask(key('good'))).kind, answered(ask(key('bad'))).status, keys.calls.length]).toEqual([
      'forward',
      401,
      2,
    ]);
    clock.nowMs += 9_999;
    expect(answered(ask(key('bad'))).status).toBe(401);
    clock.nowMs += 1;
    keys.known = { bad: { account: { id: 'new' }, plan: 'FREE' } };
    expect((await wait(key('bad'))).kind).toBe('forward');
    clock.nowMs += 49_999;
    expect(ask(key('good')).kind).toBe('forward');
    clock.nowMs += 1;
    // It was revoked.
    expect(answered(await wait(key('good'))).status).toBe(401);
    expect([answered(ask(key('good'))).status, keys.calls.length]).toEqual([401, 4]);
  });

  it('is not remembered where the policy says so', async () => {
    const keys = new Keys();
    const { wait } = gateOf(policy(', cache: { found: 0s, missing: 0s, stale: 0s }'), { fetch: keys.fetch });
    for (const one of ['good', 'good', 'bad', 'bad']) await wait(key(one));
    expect(keys.calls.length).toBe(4);
  });

  it('holds for longer while the directory is down, but only of those who were found, and only for so long', async () => {
    const keys = new Keys();
    const { wait, ask, clock } = gateOf(policy(', cache: { found: 60s, missing: 1s, stale: 300s }'), {
      fetch: keys.fetch,
    });
    await wait(key('good'));
    await wait(key('bad'));
    keys.status = -1;
    clock.nowMs += 60_000;
    expect((await wait(key('good'))).kind).toBe('forward');
    // For five seconds nobody is made to wait for what just failed.
    const calls = keys.calls.length;
    clock.nowMs += 4999;
    expect([ask(key('good')).kind, keys.calls.length]).toEqual(['forward', calls]);
    clock.nowMs += 1;
    expect([(await wait(key('good'))).kind, keys.calls.length]).toEqual(['forward', calls + 1]);
    expect(answered(await wait(key('bad'))).status).toBe(503);
    expect(answered(await wait(key('new'))).status).toBe(503);
    clock.nowMs += 294_999;
    expect((await wait(key('good'))).kind).toBe('forward');
    clock.nowMs += 1;
    expect(answered(await wait(key('good'))).status).toBe(503);
    // Nobody is let in as somebody else, and whoever comes back is asked for anew.
    keys.status = 0;
    keys.known = {};
    expect(answered(await wait(key('good'))).status).toBe(401);
  });

  it('is forgotten when it says otherwise: who was revoked is not known again when it is down', async () => {
    const keys = new Keys();
    const { wait, clock } = gateOf(policy(', cache: { found: 60s, missing: 1s, stale: 300s }'), { fetch: keys.fetch });
    await wait(key('good'));
    clock.nowMs += 60_000;
    keys.known = {};
    expect(answered(await wait(key('good'))).status).toBe(401);
    clock.nowMs += 1000;
    keys.status = -1;
    expect(answered(await wait(key('good'))).status).toBe(503);
  });

  it('is remembered of so many, the oldest forgotten first, and wrong keys push out no good one', async () => {
    const keys = new Keys();
    const { wait, ask } = gateOf(policy(', cache: { entries: 3 }', ''), { fetch: keys.fetch });
    await wait(key('good'));
    for (let i = 0; i < 20; i++) await wait(key(`bad-${i}`));
    expect(ask(key('good')).kind).toBe('forward');
    const before = keys.calls.length;
    for (const one of ['bad-19', 'bad-18', 'bad-17']) expect(answered(ask(key(one))).status).toBe(401);
    await wait(key('bad-16'));
    expect(keys.calls.length).toBe(before + 1);
  });

  it('is remembered under a hash with salt: of this source, and of no other', async () => {
    const names: string[] = [];
    const keys = new Keys();
    // What is hashed is seen here; what is kept is the hash.
    const spy = (text: string): string => {
      names.push(text);
      return sha256(text);
    };
    const { gate } = gateOf(policy(), { fetch: keys.fetch, sha256: spy });
    await gate.handle(viewOf(key('good')));
    expect(names.some((name) => name === 'salt key good')).toBe(true);
  });
});

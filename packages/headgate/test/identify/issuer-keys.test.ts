/* oxlint-disable no-await-in-loop -- requests that follow one another are what is tested */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Fetch, Reply } from '../../src/http/outside.ts';
import { answered, gateOf } from '../gate-of.ts';
import { bearer, jwksOf, NOW_S, pairOf, token, tokenPolicy, type Pair } from './tokens.ts';

let main: Pair;
let other: Pair;
beforeAll(async () => {
  [main, other] = await Promise.all([pairOf('main'), pairOf('other')]);
});

/** An issuer that publishes keys, is asked how often, and may be down. */
class Publisher {
  calls = 0;
  status = 200;
  text: string;

  constructor(...pairs: readonly Pair[]) {
    this.text = jwksOf(...pairs);
  }

  readonly fetch: Fetch = async (url, { redirect }) => {
    if (url !== 'https://id.example/jwks.json' || redirect !== 'manual') throw new Error(`asked for ${url}`);
    this.calls++;
    if (this.status === 0) throw new Error('connect ECONNREFUSED');
    return reply(this.status, this.text);
  };
}

const reply = (status: number, text: string): Reply => ({ status, body: new Response(text).body });
const AT = tokenPolicy(
  '"https://id.example/jwks.json"',
  '',
  'unidentified: 1000/minute\nlimits: { calls: { rate: 1000/minute, per: user } }',
);

describe('keys at a URL', () => {
  it('are fetched once, when they are first needed, for all who wait for them', async () => {
    const issuer = new Publisher(main);
    const { wait } = gateOf(AT, { fetch: issuer.fetch });
    expect(issuer.calls).toBe(0);
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, i) => token(main, { jti: `${i}` })));
    const handled = await Promise.all(tokens.map((one) => wait(bearer(one))));
    expect(new Set(handled.map(({ kind }) => kind))).toEqual(new Set(['forward']));
    expect(issuer.calls).toBe(1);
  });

  it('are fetched again for a key that is not among them, but not again at once, since anybody can name one', async () => {
    const issuer = new Publisher(main);
    const { wait, clock } = gateOf(AT, { fetch: issuer.fetch });
    await wait(bearer(await token(main)));
    const rotated = await token(other, { exp: NOW_S + 6000 });
    clock.nowMs += 29_999;
    // Nobody was asked: the keys were fetched less than 30 seconds ago.
    expect([answered(await wait(bearer(rotated))).status, issuer.calls]).toEqual([401, 1]);
    clock.nowMs += 1;
    expect([answered(await wait(bearer(rotated))).status, issuer.calls]).toEqual([401, 2]);
    issuer.text = jwksOf(main, other);
    expect([answered(await wait(bearer(rotated))).status, issuer.calls]).toEqual([401, 2]);
    clock.nowMs += 30_000;
    expect([(await wait(bearer(rotated))).kind, issuer.calls]).toEqual(['forward', 3]);
  });

  it('are fetched again after ten minutes, and one that is gone verifies nothing any more', async () => {
    const issuer = new Publisher(main);
    const { wait, clock } = gateOf(AT, { fetch: issuer.fetch });
    const long = await token(main, { exp: NOW_S + 36_000 });
    expect((await wait(bearer(long))).kind).toBe('forward');
    issuer.text = jwksOf(other);
    clock.nowMs += 599_999;
    expect([(await wait(bearer(long))).kind, issuer.calls]).toEqual(['forward', 1]);
    clock.nowMs += 60_000;
    expect([answered(await wait(bearer(long))).status, issuer.calls]).toEqual([401, 2]);
  });

  it('that are gone verify nothing any more, not even what was verified a moment ago', async () => {
    const issuer = new Publisher(main);
    const { wait, ask, clock } = gateOf(AT, { fetch: issuer.fetch });
    const long = bearer(await token(main, { exp: NOW_S + 36_000 }));
    await wait(long);
    issuer.text = jwksOf(other);
    clock.nowMs += 30_000;
    expect(ask(long).kind).toBe('forward');
    // Somebody comes with the new key, so that the keys are fetched.
    expect((await wait(bearer(await token(other)))).kind).toBe('forward');
    expect(answered(await wait(long)).status).toBe(401);
  });

  it('are used for an hour more while the issuer is down; then, and without any, nobody can tell: 503', async () => {
    const issuer = new Publisher(main);
    const { wait, clock } = gateOf(AT, { fetch: issuer.fetch });
    const long = await token(main, { exp: NOW_S + 36_000 });
    await wait(bearer(long));
    issuer.status = 0;
    clock.nowMs += 600_000;
    expect((await wait(bearer(long))).kind).toBe('forward');
    clock.nowMs += 3_599_999;
    expect((await wait(bearer(long))).kind).toBe('forward');
    clock.nowMs += 60_001;
    const down = answered(await wait(bearer(long)));
    expect([down.status, down.field('Retry-After'), down.denial?.limit]).toEqual([503, '1', 'unavailable']);
    expect(down.denial?.fault).toContain('https://id.example/jwks.json: connect ECONNREFUSED');
    expect(down.body).not.toContain('ECONNREFUSED');
    issuer.status = 200;
    clock.nowMs += 1000;
    expect((await wait(bearer(long))).kind).toBe('forward');
  });

  it('make nobody wait twice for an issuer that says nothing, who can do without', async () => {
    const issuer = new Publisher(main);
    let stop = new AbortController();
    let silent = false;
    const fetch: Fetch = (url, how) => (silent ? new Promise<never>(() => {}) : issuer.fetch(url, how));
    const { wait, clock } = gateOf(AT, { fetch, deadline: () => stop.signal });
    const good = (): Promise<{ kind: string }> =>
      token(main, { exp: NOW_S + 36_000, jti: `${clock.nowMs}` }).then((one) => wait(bearer(one)));
    await good();
    silent = true;
    clock.nowMs += 600_000;
    const first = good();
    const second = good();
    stop.abort();
    expect([(await first).kind, (await second).kind]).toEqual(['forward', 'forward']);
    // Asked again, and not waited for.
    stop = new AbortController();
    clock.nowMs += 1000;
    expect((await good()).kind).toBe('forward');
    stop.abort();
    stop = new AbortController();
    clock.nowMs += 1;
    expect((await good()).kind).toBe('forward');
  });

  it('are not asked for again within a second of failing, and a good token costs nothing meanwhile', async () => {
    const issuer = new Publisher(main);
    issuer.status = 500;
    const { wait, clock } = gateOf(AT, { fetch: issuer.fetch });
    for (let i = 0; i < 10; i++) expect(answered(await wait(bearer(await token(main)))).status).toBe(503);
    expect(issuer.calls).toBe(1);
    clock.nowMs += 1000;
    issuer.status = 200;
    expect((await wait(bearer(await token(main)))).kind).toBe('forward');
  });

  it.each([
    ['no JSON', '<html>'],
    ['no set', '[]'],
    ['no list', '{"keys":{}}'],
    ['too many', JSON.stringify({ keys: Array.from({ length: 65 }, () => ({ kty: 'EC' })) })],
    ['too large', JSON.stringify({ keys: [], x: 'x'.repeat(300_000) })],
    ['not UTF-8', ''],
  ])('that are %s are a fault', async (what, text) => {
    const body = what === 'not UTF-8' ? new Response(Uint8Array.of(0x7b, 0xff)).body : new Response(text).body;
    const { wait } = gateOf(AT, { fetch: async () => ({ status: 200, body }) });
    expect(answered(await wait(bearer(await token(main)))).status).toBe(503);
  });

  it('are no keys when they are redirected, secret, or private', async () => {
    const { wait } = gateOf(AT, { fetch: async () => reply(302, jwksOf(main)) });
    expect(answered(await wait(bearer(await token(main)))).status).toBe(503);
    const secrets = { keys: [{ kty: 'oct', k: 'AAAA', kid: 'main' }, { ...main.jwk, d: 'AAAA' }, null, 5] };
    const second = gateOf(AT, { fetch: async () => reply(200, JSON.stringify(secrets)) });
    expect(answered(await second.wait(bearer(await token(main)))).status).toBe(401);
  });

  it('are given up after their time, whether or not the fetch is', async () => {
    const stop = new AbortController();
    const asked: number[] = [];
    const { wait } = gateOf(AT, {
      fetch: () => new Promise<never>(() => {}),
      deadline: (afterMs) => {
        asked.push(afterMs);
        return stop.signal;
      },
    });
    const waiting = wait(bearer(await token(main)));
    stop.abort();
    expect(answered(await waiting).status).toBe(503);
    expect(asked).toEqual([5000]);
  });

  it('may be a file', async () => {
    const files: string[] = [];
    const { wait } = gateOf(tokenPolicy('"file:///etc/headgate/jwks.json"'), {
      readFile: async (url) => {
        files.push(url.pathname);
        return jwksOf(main);
      },
    });
    expect((await wait(bearer(await token(main)))).kind).toBe('forward');
    expect(files).toEqual(['/etc/headgate/jwks.json']);
  });
});

import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Fetch, Reply } from '../../src/http/outside.ts';
import { answered, forwarded, gateOf, START, viewOf } from '../gate-of.ts';
import { bearer, ISSUER, NOW_S, pairOf, token, type Claims, type Pair } from './tokens.ts';

let main: Pair;
let other: Pair;
let rsa: Pair;
beforeAll(async () => {
  [main, other, rsa] = await Promise.all([pairOf('main'), pairOf('other'), pairOf('rsa', 'RS256')]);
});

const jwks = (...pairs: readonly Pair[]): string => JSON.stringify({ keys: pairs.map(({ jwk }) => jwk) });
const LIMIT =
  'limits: { calls: { rate: 2/minute, per: user } }\nrespond: { headers: { of: calls, fields: { X-Left: "{remaining}" } } }';

/** A policy whose keys stand in it. */
function policy(keys: string, more = '', tail = LIMIT): string {
  return `identify:\n  user: { bearer: true, find: jwt, jwt: { issuer: "${ISSUER}", audience: api, jwks: ${keys} }${more} }\n${tail}`;
}

async function statusOf(credential: string, text = policy(jwks(main))): Promise<number> {
  const handled = await gateOf(text).wait(bearer(credential));
  return handled.kind === 'forward' ? 200 : handled.status;
}

describe('a token', () => {
  it('is good when its issuer signed it for this API and it has not expired', async () => {
    expect(await statusOf(await token(main))).toBe(200);
    expect(await statusOf(await token(rsa), policy(jwks(main, rsa)))).toBe(200);
    expect(await statusOf(await token(main, { aud: ['other', 'api'], nbf: NOW_S }))).toBe(200);
  });

  it.each<[string, Claims]>([
    ['has expired', { exp: NOW_S }],
    ['never expires', { exp: undefined }],
    ['is not valid yet', { nbf: NOW_S + 1 }],
    ['is for another API', { aud: 'other' }],
    ['is for nobody', { aud: undefined }],
    ['is of another issuer', { iss: 'https://evil.example' }],
    ['is of no issuer', { iss: undefined }],
    ['says nothing of who it is', { sub: undefined }],
    ['has an empty subject', { sub: '' }],
    ['has a subject that begins with a space', { sub: ' 1' }],
  ])('is wrong when it %s', async (_, claims) => {
    expect(await statusOf(await token(main, claims))).toBe(401);
  });

  it('is wrong when another key signed it, whichever key it names', async () => {
    expect(await statusOf(await token(other))).toBe(401);
    expect(await statusOf(await token({ ...other, kid: 'main' }))).toBe(401);
  });

  it('is wrong when its text was changed', async () => {
    const [head = '', , signature = ''] = (await token(main)).split('.');
    const [, body = ''] = (await token(main, { sub: 'admin' })).split('.');
    expect(await statusOf(`${head}.${body}.${signature}`)).toBe(401);
  });

  it.each([
    'abc',
    'a.b.c',
    '..',
    `${'a'.repeat(20_000)}.b.c`,
    'eyJhbGciOiJub25lIn0.e30.',
    'e30.e30.e30',
    'bnVsbA.bnVsbA.bnVsbA',
  ])('is wrong when it is none (%.20s)', async (text) => {
    expect(await statusOf(text)).toBe(401);
  });

  it('is wrong when nobody signed it', async () => {
    const [, body = ''] = (await token(main)).split('.');
    for (const alg of ['none', 'None', 'NONE', '']) {
      const head = Buffer.from(JSON.stringify({ alg, kid: 'main' })).toString('base64url');
      expect(await statusOf(`${head}.${body}.`)).toBe(401);
      expect(await statusOf(`${head}.${body}.AA`)).toBe(401);
    }
  });

  it('is wrong when the public key was used as a secret', async () => {
    const [, body = ''] = (await token(rsa)).split('.');
    const head = Buffer.from(JSON.stringify({ alg: 'HS256', kid: 'rsa' })).toString('base64url');
    for (const secret of [JSON.stringify(rsa.jwk), rsa.jwk.n ?? '', Buffer.from(rsa.jwk.n ?? '', 'base64url')]) {
      const signature = createHmac('sha256', secret).update(`${head}.${body}`).digest('base64url');
      expect(await statusOf(`${head}.${body}.${signature}`, policy(jwks(rsa)))).toBe(401);
    }
  });

  it('is wrong when it brings its own key', async () => {
    const brought = await token(other, {}, { kid: undefined, jwk: other.jwk });
    expect(await statusOf(brought)).toBe(401);
    expect(await statusOf(await token(other, {}, { jku: 'https://evil.example/keys' }))).toBe(401);
  });

  it('is verified by whichever key fits when it names none', async () => {
    expect(await statusOf(await token(main, {}, { kid: undefined }), policy(jwks(other, main)))).toBe(200);
    expect(await statusOf(await token(main, {}, { kid: undefined }), policy(jwks(other)))).toBe(401);
  });

  it('may be as far out as the policy tolerates, and no further', async () => {
    const lenient = policy(`${jwks(main)}, tolerance: 30s`);
    expect(await statusOf(await token(main, { exp: NOW_S - 29 }), lenient)).toBe(200);
    expect(await statusOf(await token(main, { exp: NOW_S - 30 }), lenient)).toBe(401);
    expect(await statusOf(await token(main, { nbf: NOW_S + 30 }), lenient)).toBe(200);
    expect(await statusOf(await token(main, { nbf: NOW_S + 31 }), lenient)).toBe(401);
  });

  it('is wrong by an algorithm that the policy does not take', async () => {
    const strict = policy(`${jwks(main, rsa)}, algorithms: [RS256]`);
    expect(await statusOf(await token(rsa), strict)).toBe(200);
    expect(await statusOf(await token(main), strict)).toBe(401);
  });

  it('costs its address one when it is wrong, and nothing when it is good', async () => {
    const { wait } = gateOf(
      policy(jwks(main), '', 'unidentified: 2/minute\nlimits: { calls: { rate: 9/minute, per: user } }'),
    );
    for (let i = 0; i < 5; i++) expect((await wait(bearer(await token(main, { jti: `${i}` })))).kind).toBe('forward');
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push(answered(await wait(bearer(await token(other)))).status);
    expect(statuses).toEqual([401, 401, 429]);
  });
});

describe('who a token is', () => {
  it('is its issuer and its subject: two tokens of one user are one caller, and none is a key of the store', async () => {
    const { wait } = gateOf(policy(jwks(main)));
    const left = [];
    for (const jti of ['a', 'b', 'c']) {
      const handled = await wait(bearer(await token(main, { jti })));
      left.push(handled.kind === 'forward' ? handled.settle(200)[1] : handled.status);
    }
    expect(left).toEqual(['1', '0', 429]);
  });

  it('is another at another issuer, and a number is not the text of it', async () => {
    const issuers = `[{ issuer: "${ISSUER}", audience: api, jwks: ${jwks(main)} }, { issuer: "${ISSUER}/b", audience: api, jwks: ${jwks(other)}, id: n }]`;
    const { wait } = gateOf(
      `identify: { user: { bearer: true, find: jwt, jwt: ${issuers} } }\nlimits: { calls: { rate: 1/minute, per: user } }\nrespond: { headers: { of: calls, fields: { X-Who: "{= subject.user }" } } }`,
    );
    const who = async (pair: Pair, claims: Claims): Promise<string | undefined> =>
      forwarded(await wait(bearer(await token(pair, claims)))).settle(200)[1];
    expect([
      await who(main, { sub: '1' }),
      await who(other, { iss: `${ISSUER}/b`, n: '1' }),
      await who(other, { iss: `${ISSUER}/b`, n: 1 }),
    ]).toEqual([`${ISSUER} 1`, `${ISSUER}/b 1`, `${ISSUER}/b  1`]);
    // Each issuer's tokens by that issuer's keys alone.
    expect(answered(await wait(bearer(await token(main, { iss: `${ISSUER}/b`, n: 7 })))).status).toBe(401);
  });

  it('has the attributes that the policy takes from verified claims', async () => {
    const attributes =
      ', attributes: { account: /org/id, plan: "https://example.com/plan", seats: { at: /org/seats, default: 1 } }';
    const tail = 'limits: { calls: { rate: (10 * seats)/minute, per: account } }'.replace(
      'seats',
      'int(subject.seats)',
    );
    const text = `${policy(jwks(main), attributes, tail)}\nrespond: { headers: { of: calls, fields: { X-Of: "{= subject.account }", X-Limit: "{limit}" } } }`;
    const claims = { org: { id: 'acme', seats: 3 }, 'https://example.com/plan': 'PRO' };
    const { wait } = gateOf(text);
    expect(forwarded(await wait(bearer(await token(main, claims)))).settle(200)).toEqual([
      'X-Of',
      'acme',
      'X-Limit',
      '30',
    ]);
    const without = { ...claims, org: { id: 'small' } };
    expect(forwarded(await wait(bearer(await token(main, without)))).settle(200)).toEqual([
      'X-Of',
      'small',
      'X-Limit',
      '10',
    ]);
  });

  it.each([
    [{}, 'is missing'],
    [{ org: null }, 'is null'],
    [{ org: ['a'] }, 'is a list'],
    [{ org: { id: 'a' } }, 'is a map'],
    [{ org: 'x'.repeat(1025) }, 'is too long'],
  ])('is nobody’s when a claim that it must have is not there (%j: it %s)', async (claims, _) => {
    expect(await statusOf(await token(main, claims), policy(jwks(main), ', attributes: { account: org }'))).toBe(401);
  });

  it('takes no attribute from what every object inherits', async () => {
    expect(await statusOf(await token(main), policy(jwks(main), ', attributes: { account: constructor }'))).toBe(401);
    expect(await statusOf(await token(main), policy(jwks(main), ', attributes: { account: /__proto__/x }'))).toBe(401);
  });
});

/** An issuer that publishes keys, is asked how often, and may be down. */
class Publisher {
  calls = 0;
  status = 200;
  text: string;

  constructor(...pairs: readonly Pair[]) {
    this.text = jwks(...pairs);
  }

  readonly fetch: Fetch = async (url, { redirect }) => {
    expect([url, redirect]).toEqual(['https://id.example/jwks.json', 'manual']);
    this.calls++;
    if (this.status === 0) throw new Error('connect ECONNREFUSED');
    return reply(this.status, this.text);
  };
}

const reply = (status: number, text: string): Reply => ({ status, body: new Response(text).body });
const AT = policy(
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
    issuer.text = jwks(main, other);
    expect([answered(await wait(bearer(rotated))).status, issuer.calls]).toEqual([401, 2]);
    clock.nowMs += 30_000;
    expect([(await wait(bearer(rotated))).kind, issuer.calls]).toEqual(['forward', 3]);
  });

  it('are fetched again after ten minutes, and one that is gone verifies nothing any more', async () => {
    const issuer = new Publisher(main);
    const { wait, clock } = gateOf(AT, { fetch: issuer.fetch });
    const long = await token(main, { exp: NOW_S + 36_000 });
    expect((await wait(bearer(long))).kind).toBe('forward');
    issuer.text = jwks(other);
    clock.nowMs += 599_999;
    expect([(await wait(bearer(long))).kind, issuer.calls]).toEqual(['forward', 1]);
    clock.nowMs += 60_000;
    expect([answered(await wait(bearer(long))).status, issuer.calls]).toEqual([401, 2]);
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
    expect([down.status, down.field('Retry-After'), down.denial.limit]).toEqual([503, '1', 'unavailable']);
    expect(down.denial.fault).toContain('https://id.example/jwks.json: connect ECONNREFUSED');
    expect(down.body).not.toContain('ECONNREFUSED');
    issuer.status = 200;
    clock.nowMs += 1000;
    expect((await wait(bearer(long))).kind).toBe('forward');
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
    ['too many', JSON.stringify({ keys: Array(65).fill({ kty: 'EC' }) })],
    ['too large', JSON.stringify({ keys: [], x: 'x'.repeat(300_000) })],
    ['not UTF-8', ''],
  ])('that are %s are a fault', async (what, text) => {
    const body = what === 'not UTF-8' ? new Response(Uint8Array.of(0x7b, 0xff)).body : new Response(text).body;
    const { wait } = gateOf(AT, { fetch: async () => ({ status: 200, body }) });
    expect(answered(await wait(bearer(await token(main)))).status).toBe(503);
  });

  it('are no keys when they are redirected, secret, or private', async () => {
    const { wait } = gateOf(AT, { fetch: async () => reply(302, jwks(main)) });
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
    const { wait } = gateOf(policy('"file:///etc/headgate/jwks.json"'), {
      readFile: async (url) => {
        files.push(url.pathname);
        return jwks(main);
      },
    });
    expect((await wait(bearer(await token(main)))).kind).toBe('forward');
    expect(files).toEqual(['/etc/headgate/jwks.json']);
  });
});

describe('a token that was verified', () => {
  it('is known at once when it comes again, for a minute, and never longer than it is good', async () => {
    const { wait, gate, clock } = gateOf(policy(jwks(main), '', 'limits: { calls: { rate: 99/minute, per: user } }'));
    const credential = await token(main, { exp: NOW_S + 70 });
    const again = (): 'at once' | 'waits' =>
      gate.handle(viewOf(bearer(credential))) instanceof Promise ? 'waits' : 'at once';
    expect(again()).toBe('waits');
    await wait(bearer(credential));
    expect(again()).toBe('at once');
    clock.nowMs += 59_999;
    expect(again()).toBe('at once');
    clock.nowMs += 1;
    expect((await wait(bearer(credential))).kind).toBe('forward');
    clock.nowMs = (NOW_S + 70) * 1000 - 1;
    expect([again(), (await wait(bearer(credential))).kind]).toEqual(['at once', 'forward']);
    clock.nowMs = (NOW_S + 70) * 1000;
    expect(answered(await wait(bearer(credential))).status).toBe(401);
    // And when the clock is set back to before it was verified, it is verified again.
    clock.nowMs = START - 1000;
    expect(again()).toBe('waits');
  });
});

describe('a shared secret', () => {
  const secret = 'x'.repeat(32);
  const shared = (more = ''): string =>
    `identify: { user: { bearer: true, find: jwt, jwt: { issuer: "${ISSUER}", audience: api, secret: { env: JWT_SECRET }${more} } } }\n${LIMIT}`;

  async function signed(key: string, alg = 'HS256'): Promise<string> {
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg })}.${part({ iss: ISSUER, aud: 'api', sub: 'u', exp: NOW_S + 60 })}`;
    const hash = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' }[alg] ?? 'sha256';
    return `${text}.${createHmac(hash, key).update(text).digest('base64url')}`;
  }

  it('verifies what was made with it, by the algorithms named', async () => {
    const { wait } = gateOf(shared(), { env: { JWT_SECRET: secret } });
    expect((await wait(bearer(await signed(secret)))).kind).toBe('forward');
    expect(answered(await wait(bearer(await signed('y'.repeat(32))))).status).toBe(401);
    expect(answered(await wait(bearer(await signed(secret, 'HS512')))).status).toBe(401);
    expect(answered(await wait(bearer(await token(main)))).status).toBe(401);
  });

  it('is missed by name, and refused when it is too short, when the gate is made', () => {
    expect(() => gateOf(shared(), { env: {} })).toThrow(
      /^ERR_SECRET: identify\.user\.jwt\.secret: expected the variable JWT_SECRET/,
    );
    expect(() => gateOf(shared(), { env: { JWT_SECRET: 'short-and-secret' } })).toThrow(/at least 32 bytes.*got 16$/);
    expect(() => gateOf(shared(', algorithms: HS512'), { env: { JWT_SECRET: secret } })).toThrow(/at least 64 bytes/);
  });
});

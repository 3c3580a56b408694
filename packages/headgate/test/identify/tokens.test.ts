/* oxlint-disable no-await-in-loop -- requests that follow one another are what is tested */
import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { answered, forwarded, gateOf, START, viewOf } from '../gate-of.ts';
import { bearer, ISSUER, jwksOf, LIMIT, NOW_S, pairOf, token, tokenPolicy, type Claims, type Pair } from './tokens.ts';

let main: Pair;
let other: Pair;
let rsa: Pair;
beforeAll(async () => {
  [main, other, rsa] = await Promise.all([pairOf('main'), pairOf('other'), pairOf('rsa', 'RS256')]);
});

async function statusOf(credential: string, text = tokenPolicy(jwksOf(main))): Promise<number> {
  const handled = await gateOf(text).wait(bearer(credential));
  return handled.kind === 'forward' ? 200 : handled.status;
}

describe('a token', () => {
  it('is good when its issuer signed it for this API and it has not expired', async () => {
    expect(await statusOf(await token(main))).toBe(200);
    expect(await statusOf(await token(rsa), tokenPolicy(jwksOf(main, rsa)))).toBe(200);
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
      expect(await statusOf(`${head}.${body}.${signature}`, tokenPolicy(jwksOf(rsa)))).toBe(401);
    }
  });

  it('is wrong when it brings its own key', async () => {
    const brought = await token(other, {}, { kid: undefined, jwk: other.jwk });
    expect(await statusOf(brought)).toBe(401);
    expect(await statusOf(await token(other, {}, { jku: 'https://evil.example/keys' }))).toBe(401);
  });

  it('is verified by whichever key fits when it names none', async () => {
    expect(await statusOf(await token(main, {}, { kid: undefined }), tokenPolicy(jwksOf(other, main)))).toBe(200);
    expect(await statusOf(await token(main, {}, { kid: undefined }), tokenPolicy(jwksOf(other)))).toBe(401);
  });

  it('may be as far out as the policy tolerates, and no further', async () => {
    const lenient = tokenPolicy(`${jwksOf(main)}, tolerance: 30s`);
    expect(await statusOf(await token(main, { exp: NOW_S - 29 }), lenient)).toBe(200);
    expect(await statusOf(await token(main, { exp: NOW_S - 30 }), lenient)).toBe(401);
    expect(await statusOf(await token(main, { nbf: NOW_S + 30 }), lenient)).toBe(200);
    expect(await statusOf(await token(main, { nbf: NOW_S + 31 }), lenient)).toBe(401);
  });

  it('is wrong by an algorithm that the policy does not take', async () => {
    const strict = tokenPolicy(`${jwksOf(main, rsa)}, algorithms: [RS256]`);
    expect(await statusOf(await token(rsa), strict)).toBe(200);
    expect(await statusOf(await token(main), strict)).toBe(401);
  });

  it('costs its address one when it is wrong, and nothing when it is good', async () => {
    const { wait } = gateOf(
      tokenPolicy(jwksOf(main), '', 'unidentified: 2/minute\nlimits: { calls: { rate: 9/minute, per: user } }'),
    );
    for (let i = 0; i < 5; i++) expect((await wait(bearer(await token(main, { jti: `${i}` })))).kind).toBe('forward');
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push(answered(await wait(bearer(await token(other)))).status);
    expect(statuses).toEqual([401, 401, 429]);
  });
});

describe('who a token is', () => {
  it('is its issuer and its subject: two tokens of one user are one caller, and none is a key of the store', async () => {
    const { wait } = gateOf(tokenPolicy(jwksOf(main)));
    const left = [];
    for (const jti of ['a', 'b', 'c']) {
      const handled = await wait(bearer(await token(main, { jti })));
      left.push(handled.kind === 'forward' ? handled.settle(200)[1] : handled.status);
    }
    expect(left).toEqual(['1', '0', 429]);
  });

  it('is another at another issuer, and a number is not the text of it', async () => {
    const issuers = `[{ issuer: "${ISSUER}", audience: api, jwks: ${jwksOf(main)} }, { issuer: "${ISSUER}/b", audience: api, jwks: ${jwksOf(other)}, id: n }]`;
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
    const text = `${tokenPolicy(jwksOf(main), attributes, tail)}\nrespond: { headers: { of: calls, fields: { X-Of: "{= subject.account }", X-Limit: "{limit}" } } }`;
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

  it.each([[{}], [{ org: null }], [{ org: ['a'] }], [{ org: { id: 'a' } }], [{ org: 'x'.repeat(1025) }]])(
    'is nobody’s when a claim that it must have is not there (%j)',
    async (claims) => {
      expect(
        await statusOf(await token(main, claims), tokenPolicy(jwksOf(main), ', attributes: { account: org }')),
      ).toBe(401);
    },
  );

  it('takes no attribute from what every object inherits', async () => {
    expect(await statusOf(await token(main), tokenPolicy(jwksOf(main), ', attributes: { account: constructor }'))).toBe(
      401,
    );
    expect(
      await statusOf(await token(main), tokenPolicy(jwksOf(main), ', attributes: { account: /__proto__/x }')),
    ).toBe(401);
  });
});

describe('a token that was verified', () => {
  it('is known at once when it comes again, for a minute, and never longer than it is good', async () => {
    const { wait, gate, clock } = gateOf(
      tokenPolicy(jwksOf(main), '', 'limits: { calls: { rate: 99/minute, per: user } }'),
    );
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

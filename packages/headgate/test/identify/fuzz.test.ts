import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gateOf } from '../gate-of.ts';

const { gate, wait } = gateOf(
  `unidentified: unlimited
address: { trust: [10.0.0.0/8, "fd00::/8"], header: Forwarded }
paths: { params: ignore }
identify:
  user: { header: X-User-Id, from: proxy, find: any }
  key: { header: X-API-Key, query: k, cookie: c, find: any }
  bot: { bearer: "bot_*", find: keys, keys: { "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08": {} } }
  jwt: { bearer: true, find: jwt, jwt: { issuer: i, audience: a, jwks: { keys: [{ kty: OKP, crv: Ed25519, x: 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo }] } } }
  login: { basic: true, find: any }
  anonymous: true
operations:
  item: { match: [GET /v1/Items/:id, PUT /v1/Items/:id/**], when: 'request.query["q"] != "x"' }
  list: { match: ANY /v1/items }
  rest: { match: ANY /** }
limits: { calls: { rate: 1000000/minute, per: [address, key, path.id] } }`,
);

const PATHS = ['/v1', '/items', '/Items/', '%', '%2e', '..', ';', '?', '&', 'k=', 'q=', '='];
const VALUES = ['Bearer ', 'Basic ', 'eyJhbGciOiJFZERTQSJ9.e30.AA', 'bot_', 'dTpw', 'c=', 'for=', '[::1]', '10.0.0.1'];
const MARKS = [',', '"', '\\', ' ', '\t', '\r\n', '\0', '\u00e9'];
const odd = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.array(fc.constantFrom(...PATHS, ...VALUES, ...MARKS), { maxLength: 10 }).map((pieces) => pieces.join('')),
);
const NAMES = [
  'X-User-Id',
  'X-API-Key',
  'Cookie',
  'Authorization',
  'Forwarded',
  'Host',
  'Origin',
  'Access-Control-Request-Method',
  'Content-Length',
];
const spec = fc.record({
  method: fc.oneof(fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'PUT', 'get'), fc.string({ maxLength: 5 })),
  target: fc.oneof(
    odd,
    odd.map((text) => `/${text}`),
    odd.map((text) => `http://a${text}`),
  ),
  peer: fc.oneof(fc.constantFrom('10.0.0.1', '::ffff:10.0.0.1', '192.0.2.1', 'fd00::1%x', ''), odd),
  fields: fc.array(fc.tuple(fc.constantFrom(...NAMES), odd), { maxLength: 6 }),
});

describe('whatever is sent', () => {
  it('is forwarded in a form that is read the same again, or answered, and nothing else', async () => {
    const judged = fc.asyncProperty(spec, async (sent) => {
      const first = await wait(sent);
      if (first.kind === 'answer') return [400, 401, 404].includes(first.status);
      if (!/^\/[\u0021-\u007e]*$/.test(first.target)) return false;
      const again = await wait({ ...sent, target: first.target });
      return again.kind === 'forward' && again.target === first.target && again.operation === first.operation;
    });
    expect((await fc.check(judged, { numRuns: 5000 })).counterexample).toBeNull();
  });

  it('has fields that are stripped, or are not', () => {
    const told = fc.property(
      odd,
      fc.boolean(),
      (name, trusted) => typeof gate.strips(name.toLowerCase(), trusted) === 'boolean',
    );
    expect(fc.check(told).counterexample).toBeNull();
  });
});

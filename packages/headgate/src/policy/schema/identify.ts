import * as z from 'zod';
import { directory, jwt } from './find.ts';
import { oneOf, oneOrMany } from './one-of.ts';
import { closed, isMap, word } from './words.ts';

const text = z.string();
export const literal: z.ZodUnion<readonly [z.ZodString, z.ZodNumber, z.ZodBoolean]> = oneOf(
  [z.string(), z.number(), z.boolean()],
  (value) => (typeof value === 'number' ? 1 : typeof value === 'boolean' ? 2 : 0),
);
const attributes = z.record(text, literal);
/** `true`, or a beginning such as `ghs_*`. */
const scheme = oneOf([text, z.literal(true)], (value) => (typeof value === 'string' ? 0 : 1));

export const source = closed({
  header: word(
    'A request header that holds the credential.',
    'identify: { key: { header: X-API-Key, find: any } }',
    text.optional(),
  ),
  bearer: word(
    'The token of `Authorization: Bearer`; a text such as `ghs_*` takes only tokens that begin so.',
    'identify: { installation: { bearer: "ghs_*", find: any }, user: { bearer: true, find: any } }',
    scheme.optional(),
  ),
  basic: word(
    'The user name of `Authorization: Basic`; a text such as `acme-*` takes only names that begin so.',
    'identify: { login: { basic: true, find: any } }',
    scheme.optional(),
  ),
  cookie: word(
    'A cookie that holds the credential.',
    'identify: { session: { cookie: session, find: any } }',
    text.optional(),
  ),
  query: word(
    'A query parameter that holds the credential.',
    'identify: { key: { query: api_key, find: any } }',
    text.optional(),
  ),
  certificate: word(
    'What of a client certificate says who it is, on a gateway that speaks TLS, or an app on Node that does: `fingerprint` (SHA-256, 64 hex digits), or, of one that the server’s authorities vouch for, `subject`, `subject.cn`, `san.dns`, `san.uri` or `san.email`. One that nobody vouches for, or that is not valid now, is 401; without one, the next source is asked. What it has several of is 400.',
    'identify: { partner: { certificate: subject.cn, find: any } }',
    z.enum(['fingerprint', 'subject', 'subject.cn', 'san.dns', 'san.uri', 'san.email']).optional(),
  ),
  from: word(
    '`proxy`: the header is believed only from a peer in `address.trust`; from anybody else it is as if it were not there. For proxies that have identified the caller themselves.',
    `address: { trust: [10.0.0.0/8] }
identify: { user: { header: X-User-Id, from: proxy, find: any }, anonymous: true }`,
    z.literal('proxy').optional(),
  ),
  find: word(
    'How a credential is looked up: `any` takes every value for a subject of its own, `keys` only the listed ones, `jwt` verifies a signed token, `http` asks a directory. Any other name is a function that the program around the gate registers.',
    'identify: { key: { bearer: true, find: any } }',
    text,
  ),
  keys: word(
    'The credentials that are known, each with the attributes of its subject. Write `sha256:` and 64 hex digits to keep the key itself out of the policy.',
    `plans: [FREE, PRO]
identify:
  key:
    header: X-API-Key
    find: keys
    keys:
      "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08": { plan: PRO, account: acme }`,
    z.record(text, attributes).optional(),
  ),
  jwt: word(
    'What makes a token good (RFC 7519): one issuer, or several. The subject is `ISSUER ID`, so that two tokens of one user are one caller.',
    `identify:
  user:
    bearer: true
    find: jwt
    jwt: { issuer: "https://id.example", audience: "https://api.example", jwks: "https://id.example/jwks.json" }`,
    oneOrMany(jwt).optional(),
  ),
  http: word(
    'The directory that is asked. 200 or 204: found. 401, 403, 404, 410: wrong. Anything else, or silence: 503, since nobody can tell.',
    `identify:
  key:
    header: X-API-Key
    find: http
    http: { url: "https://directory.example/whoami" }
    attributes: { account: /account/id }`,
    directory.optional(),
  ),
  attributes: word(
    'What the subject gets of the verified claims, of the JSON that a directory answers, or of what a function returns: by attribute, a member’s name, or a JSON pointer such as `/org/id` (RFC 6901). What has no `default` must be there. A function without `attributes` gives all it returns.',
    `identify:
  user:
    bearer: true
    find: jwt
    jwt: { issuer: "https://id.example", audience: api, jwks: "https://id.example/jwks.json" }
    attributes: { account: /org/id, tier: { at: "https://example.com/tier", default: basic } }`,
    z
      .record(
        text,
        oneOf([text, closed({ at: text, default: literal.optional() })], (value) => (isMap(value) ? 1 : 0)),
      )
      .optional(),
  ),
});

export type SourceInput = z.output<typeof source>;

/** `anonymous: true` stands among the sources, but is none. */
export const identify = z.record(
  text,
  oneOf([source, z.literal(true)], (value) => (value === true ? 1 : 0)),
);

export const address = closed({
  trust: word(
    'Proxies whose word on the caller’s address is taken: addresses or ranges.',
    'address: { trust: [10.0.0.0/8, "fd00::/8"], header: X-Forwarded-For }',
    oneOrMany(text).optional(),
  ),
  header: word(
    'The header in which a trusted proxy gives the caller’s address: a list, such as `X-Forwarded-For`, of which the rightmost that is no trusted proxy counts; one address; or `Forwarded` (RFC 7239). Default `X-Forwarded-For`. Name the one that your proxy writes: no other is read.',
    'address: { trust: 192.0.2.7, header: Forwarded }',
    text.optional(),
  ),
  when: word(
    'Believe the header only when this holds, of a request of a trusted proxy: over `request.method`, `request.headers`, `now`, and `subject.address`, which is the proxy’s. What cannot be told does not hold.',
    'address: { trust: [10.0.0.0/8], header: X-Real-IP, when: \'request.headers["x-edge"] == "1"\' }',
    text.optional(),
  ),
  group: word(
    'How many leading bits make one caller: default 32 for IPv4, 64 for IPv6.',
    'address: { group: { v4: 24, v6: 48 } }',
    closed({
      v4: z.number().int().min(8).max(32).optional(),
      v6: z.number().int().min(16).max(128).optional(),
    }).optional(),
  ),
});

export const plans = oneOf([z.array(text).min(1), z.record(text, attributes)], (value) => (isMap(value) ? 1 : 0));

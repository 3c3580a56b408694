import * as z from 'zod';
import { oneOf, oneOrMany } from './one-of.ts';
import { closed, isMap, word } from './words.ts';

const text = z.string();
/** A text, or where the program finds it. */
export const secret = oneOf([text, closed({ env: text })], (value) => (isMap(value) ? 1 : 0));
const JWT = 'identify: { user: { bearer: true, find: jwt, jwt: { issuer: "https://id.example", audience: api, ';

export const jwt = closed({
  issuer: word('Who signs: what `iss` must be.', `${JWT}jwks: "https://id.example/jwks.json" } } }`, text),
  audience: word(
    'Whom the token is for: `aud` must hold one of these.',
    `${JWT.replace('api', '[api, "https://api.example"]')}jwks: "https://id.example/jwks.json" } } }`,
    oneOrMany(text),
  ),
  jwks: word(
    'The issuer’s public keys (RFC 7517): their URL (`https:`, or `file:` for a file of this machine), or the keys themselves. Keys at a URL are fetched when they are first needed, again after 10 minutes, and for a key nobody knows, though not more often than every 30 seconds.',
    `${JWT}jwks: "file:///etc/headgate/jwks.json" } } }`,
    oneOf([text, closed({ keys: z.array(z.record(text, z.unknown())).min(1).max(64) })], (value) =>
      isMap(value) ? 1 : 0,
    ).optional(),
  ),
  secret: word(
    'The secret of `HS256`, `HS384` or `HS512`, instead of keys: its bytes as text, or the variable of the environment that holds it.',
    `${JWT}secret: { env: JWT_SECRET } } } }`,
    secret.optional(),
  ),
  algorithms: word(
    'Signatures that are taken. Default: all with a public key (`RS`, `PS`, `ES` with 256, 384, 512, and `EdDSA`); with a secret, `HS256`. Never `none`.',
    `${JWT}jwks: "https://id.example/jwks.json", algorithms: [ES256, EdDSA] } } }`,
    oneOrMany(text).optional(),
  ),
  tolerance: word(
    'How far the issuer’s clock may be off, when `exp` and `nbf` are judged. Default `0s`, at most `5m`. A token without `exp` is wrong.',
    `${JWT}jwks: "https://id.example/jwks.json", tolerance: 30s } } }`,
    text.optional(),
  ),
  id: word(
    'The claim that says who it is: a name or a JSON pointer. Default `sub`.',
    `${JWT}jwks: "https://id.example/jwks.json", id: /user/id } } }`,
    text.optional(),
  ),
});

const HTTP = 'identify: { key: { header: X-API-Key, find: http, http: { url: "https://directory.example/whoami"';

export const directory = closed({
  url: word('What is asked. The credential never stands in it.', `${HTTP} } } }`, text),
  method: word(
    'How: `GET`, the default, or `POST`.',
    `${HTTP}, method: POST } } }`,
    z.enum(['GET', 'POST']).optional(),
  ),
  send: word(
    'How the credential is sent: `bearer`, the default, `basic`, or the name of a header.',
    `${HTTP}, send: X-API-Key } } }`,
    text.optional(),
  ),
  headers: word(
    'Further headers, such as Headgate’s own credential.',
    `${HTTP}, send: X-API-Key, headers: { X-Service-Token: { env: DIRECTORY_TOKEN } } } } }`,
    z.record(text, secret).optional(),
  ),
  timeout: word(
    'How long an answer may take, waiting for a free call included. Default `2s`, at most `30s`.',
    `${HTTP}, timeout: 500ms } } }`,
    text.optional(),
  ),
  concurrent: word(
    'Calls at once. Default 32. A thousand more wait for one of them.',
    `${HTTP}, concurrent: 8 } } }`,
    z.number().int().min(1).max(1000).optional(),
  ),
  cache: word(
    'How long answers are believed: `found` (default `60s`) and `missing` (`10s`); for how much longer somebody who was found stays known while the directory does not answer, `stale` (`5m`); and how many are remembered of each kind, `entries` (10,000).',
    `${HTTP}, cache: { found: 30s, missing: 5s, stale: 10m, entries: 50000 } } } }`,
    closed({
      found: text.optional(),
      missing: text.optional(),
      stale: text.optional(),
      entries: z.number().int().min(1).max(1_000_000).optional(),
    }).optional(),
  ),
});

export type JwtInput = z.output<typeof jwt>;
export type DirectoryInput = z.output<typeof directory>;
export type SecretInput = z.output<typeof secret>;

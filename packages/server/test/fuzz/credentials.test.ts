/* oxlint-disable vitest/no-conditional-expect, vitest/expect-expect -- a claim is about those inputs that get so far */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzz, LIMIT_MS, pieces } from './fuzz.ts';
import { gateOf, judged, viewOf } from './gate.ts';

const NAMES = [
  'Authorization',
  'authorization',
  'X-API-Key',
  'x-api-key',
  'Cookie',
  'COOKIE',
  'X_API_Key',
  'Proxy-Authorization',
];
const PIECES = [
  'Bearer ', 'bearer\t', 'Bearer', 'BEARER  ', 'Basic ', 'basic', 'dXNlcjpwYXNz', 'dXNlcjo=', '====', 'Digest ', 'secret-one', 'secret-two', 'session=', 'session', '=',
  ';', '; ', ',', ', ', '"', ' ', '\t', '\u00a0', '\u0000', '\u00e4', '__proto__', 'constructor', 'toString',
]; // prettier-ignore

const GATE = gateOf(`
identify:
  key: { header: X-API-Key, bearer: true, find: any }
  login: { basic: true, find: any }
  session: { cookie: session, find: any }
  anonymous: true
unidentified: unlimited
limits: { calls: { rate: 1000000000/minute, per: { by: subject.auth, anonymous: address, key: key, login: login, session: session } } }
respond: { exceeded: { status: 429 } }
`);
const LISTED = gateOf(`
identify: { key: { header: X-API-Key, bearer: true, find: keys, keys: { secret-one: { account: a } } } }
unidentified: unlimited
limits: { calls: { rate: 1000000000/minute, per: account } }
`);

const fields = fc
  .array(fc.tuple(fc.constantFrom(...NAMES), pieces(PIECES, 6)), { maxLength: 4 })
  .map((pairs) => pairs.flat());

/** What an API would take for the caller's key, as any of the usual readers does. */
function shownTo(all: readonly string[]): Set<string> {
  const shown = new Set<string>();
  for (let i = 0; i + 1 < all.length; i += 2) {
    const [name, value] = [all[i]?.toLowerCase(), (all[i + 1] ?? '').trim()];
    if (name === 'x-api-key') shown.add(value);
    if (name === 'authorization' && /^bearer(?:\s|$)/i.test(value)) shown.add(value.slice(6).trim());
  }
  return shown;
}

describe('whatever a caller shows', () => {
  it(
    'is one caller, or refused, and never both',
    () =>
      fuzz(
        fields,
        [
          ['Authorization', 'Bearer secret-one', 'X-API-Key', 'secret-two'],
          ['Authorization', 'Bearer\tsecret-one', 'X-API-Key', 'secret-two'],
          ['X-API-Key', 'secret-one', 'X-API-Key', 'secret-two'],
          ['Authorization', 'Basic ===='],
          ['X-API-Key', ''],
          ['Cookie', 'session=a; session=b'],
        ],
        (all) => {
          const handled = judged(GATE, viewOf({ fields: all }));
          if (handled.kind === 'answer') expect([400, 401]).toContain(handled.status);
          // Two keys that a reader could each take for the caller's are nobody's.
          if (shownTo(all).size > 1) expect(handled).toMatchObject({ kind: 'answer', status: 400 });
        },
      ),
    LIMIT_MS,
  );

  it(
    'only a listed key is let in, and no refusal repeats what was shown',
    () =>
      fuzz(
        fields,
        [
          ['X-API-Key', '__proto__'],
          ['X-API-Key', 'secret-one '],
          ['Authorization', 'bearer secret-one'],
          ['X-API-Key', 'constructor'],
          [],
        ],
        (all) => {
          const handled = judged(LISTED, viewOf({ fields: all }));
          const shown = shownTo(all);
          if (handled.kind === 'forward') {
            expect([...shown]).toEqual(['secret-one']);
            return;
          }
          const said = JSON.stringify([handled.fields, handled.body, handled.denial]);
          for (const value of shown) if (value.includes('secret')) expect(said).not.toContain(value);
        },
      ),
    LIMIT_MS,
  );
});

import type { Path } from '../problem.ts';
import type { Context } from './context.ts';

type Jwk = Readonly<Record<string, unknown>>;

/** Members of a key that its owner alone may know (RFC 7518 6.2.2, 6.3.2). */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const TYPES = ['RSA', 'EC', 'OKP'];

/** Checks keys that stand in the policy: public ones, each of a type that signs. */
export function checkPublic(context: Context, keys: readonly Jwk[], path: Path): readonly Jwk[] {
  for (const [i, key] of keys.entries()) {
    const rule = keyProblem(key);
    // A value is not shown: it may be the secret part.
    if (rule !== undefined) context.problems.error('ERR_POLICY_JWT', [...path, i], rule, { value: null });
  }
  return keys;
}

function keyProblem(key: Jwk): string | undefined {
  const secret = PRIVATE.find((member) => key[member] !== undefined);
  if (secret !== undefined) return `has the private member "${secret}": keep that with the issuer, and replace the key`;
  if (!TYPES.includes(String(key['kty']))) return `expected a public key with "kty" ${TYPES.join(', ')}`;
  const needed = key['kty'] === 'RSA' ? ['n', 'e'] : key['kty'] === 'EC' ? ['crv', 'x', 'y'] : ['crv', 'x'];
  const missing = needed.find((member) => typeof key[member] !== 'string');
  return missing === undefined ? undefined : `expected "${missing}" as text (RFC 7518 6)`;
}

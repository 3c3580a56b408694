import type { Issuer } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import { readMember } from '../read/pointer.ts';
import { readSpan } from '../read/span.ts';
import type { JwtInput } from '../schema/find.ts';
import { isMap } from '../schema/words.ts';
import type { Context } from './context.ts';
import { checkPublic } from './jwks.ts';
import { listOf } from './lists.ts';
import { compileSecret } from './secret.ts';
import { checkUrl } from './url.ts';

/** RFC 7518 3.1 and RFC 8037: those with a public key. */
const PUBLIC = ['RS', 'PS', 'ES']
  .flatMap((family) => [256, 384, 512].map((bits) => `${family}${bits}`))
  .concat('EdDSA');
/** Least bytes of a secret, by algorithm (RFC 7518 3.2). */
const SHARED: ReadonlyMap<string, number> = new Map([
  ['HS256', 32],
  ['HS384', 48],
  ['HS512', 64],
]);
const TOLERANCE = { leastMs: 0, mostMs: 300_000, most: '5m' };

/** Compiles one issuer: whose tokens are good, for whom, and by which keys. */
export function compileIssuer(context: Context, given: JwtInput, path: Path): Issuer {
  const audience = listOf(given.audience, [...path, 'audience']);
  // A subject is its issuer, a space, and its id.
  if (!/^[\u0021-\u007e]{1,256}$/.test(given.issuer))
    context.problems.error('ERR_POLICY_JWT', [...path, 'issuer'], 'expected 1 to 256 printable characters, no space');
  for (const { item, path: at } of audience)
    if (!/^[\u0020-\u007e]{1,256}$/.test(item))
      context.problems.error('ERR_POLICY_JWT', at, 'expected 1 to 256 printable characters');
  return {
    issuer: given.issuer,
    audience: audience.map(({ item }) => item),
    algorithms: algorithmsOf(context, given, path),
    keys: keysOf(context, given, path),
    toleranceMs: toleranceOf(context, given.tolerance, [...path, 'tolerance']),
    id: pointerOf(context, given.id ?? 'sub', [...path, 'id']),
  };
}

function algorithmsOf(context: Context, given: JwtInput, path: Path): readonly string[] {
  const allowed = given.secret === undefined ? PUBLIC : [...SHARED.keys()];
  const named = listOf(given.algorithms, [...path, 'algorithms']);
  for (const { item, path: at } of named) {
    const rule = algorithmProblem(item, allowed);
    if (rule !== undefined) context.problems.error('ERR_POLICY_JWT', at, rule);
  }
  const chosen = named.map(({ item }) => item);
  return chosen.length > 0 ? chosen : given.secret === undefined ? PUBLIC : ['HS256'];
}

function algorithmProblem(name: string, allowed: readonly string[]): string | undefined {
  if (allowed.includes(name)) return undefined;
  if (name.toLowerCase() === 'none') return 'a token that nobody signed is never taken';
  // RFC 8725 2.1: whoever may choose between a key that all know and a secret signs with the key as if it were one.
  if (SHARED.has(name)) return 'is made with a shared secret, which takes the place of "jwks": give "secret"';
  if (PUBLIC.includes(name)) return 'is made with a key pair: give "jwks" instead of "secret"';
  return `expected one of ${allowed.join(', ')}`;
}

function keysOf(context: Context, given: JwtInput, path: Path): Issuer['keys'] {
  const { jwks, secret } = given;
  if ((jwks === undefined) === (secret === undefined)) {
    if (jwks !== undefined || !context.wasWritten(path, ['jwks', 'secret']))
      context.problems.error('ERR_POLICY_JWT', path, 'expected either "jwks" or "secret"', { value: null });
    return { are: 'here', jwks: [] };
  }
  if (secret !== undefined) return sharedKey(context, given, secret, [...path, 'secret']);
  if (isMap(jwks)) return { are: 'here', jwks: checkPublic(context, jwks.keys, [...path, 'jwks', 'keys']) };
  checkUrl(context, jwks ?? '', ['https:', 'http:', 'file:'], [...path, 'jwks']);
  return { are: 'at', url: jwks ?? '' };
}

function sharedKey(
  context: Context,
  given: JwtInput,
  secret: NonNullable<JwtInput['secret']>,
  path: Path,
): Issuer['keys'] {
  const least = leastBytes(algorithmsOf(context, given, path.slice(0, -1)));
  if (typeof secret === 'string' && new TextEncoder().encode(secret).length < least)
    context.problems.error('ERR_POLICY_JWT', path, `expected at least ${least} bytes (RFC 7518 3.2)`, { value: null });
  return { are: 'shared', secret: compileSecret(context, secret, path) };
}

function leastBytes(algorithms: readonly string[]): number {
  return Math.max(...algorithms.map((name) => SHARED.get(name) ?? 0));
}

function toleranceOf(context: Context, text: string | undefined, path: Path): number {
  const read = text === undefined ? 0 : readSpan(text, TOLERANCE);
  if (typeof read === 'number') return read;
  context.problems.error('ERR_POLICY_RANGE', path, read);
  return 0;
}

/** Where a value stands in claims or in a body. */
export function pointerOf(context: Context, text: string, path: Path): readonly string[] {
  const read = readMember(text);
  if (typeof read !== 'string') return read;
  context.problems.error('ERR_POLICY_TYPE', path, read);
  return [];
}

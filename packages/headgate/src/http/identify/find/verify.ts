import type * as Jose from 'jose';
import { HeadgateError, type Clock } from '../../../core/index.ts';
import type { Issuer } from '../../../profile/index.ts';
import type { Outside } from '../../outside.ts';
import { fixedKeys, keysAt, type Keys, type KeySource, type MakeSet } from './keys.ts';
import { secretOf } from './sent.ts';

/** Loaded for the first token: a policy that verifies none never loads it. */
export type Library = () => Promise<typeof Jose>;

/** Claims that were verified, and the number of the keys by which they were. */
export interface Verified {
  readonly claims: Jose.JWTPayload;
  readonly version: number;
}

export interface Verifier {
  readonly spec: Issuer;
  /** The claims of a good token; undefined for any other. @throws Error when nobody can tell */
  verify(token: string): Promise<Verified | undefined>;
  /** Number of the keys in force: what others verified must be verified again. */
  version(): number;
}

/** Least bytes of a secret (RFC 7518 3.2): the length of the hash. */
const LEAST_BYTES: Readonly<Record<string, number>> = { HS256: 32, HS384: 48, HS512: 64 };

/** @throws HeadgateError `ERR_SECRET` when the secret is not there, or too short */
export function createVerifier(spec: Issuer, jose: Library, outside: Outside, clock: Clock, path: string): Verifier {
  const { keys } = spec;
  if (keys.are === 'shared') return bySecret(spec, secretKey(spec, outside, path), jose, clock);
  const makeSet: MakeSet = async (set) => (await jose()).createLocalJWKSet(set);
  const source = keys.are === 'here' ? fixedKeys(keys.jwks, makeSet) : keysAt(keys.url, makeSet, outside, clock);
  return byKeys(spec, source, jose, clock);
}

function secretKey(spec: Issuer, { env }: Outside, path: string): Uint8Array {
  if (spec.keys.are !== 'shared') throw new TypeError('this issuer has no secret');
  const key = new TextEncoder().encode(secretOf(spec.keys.secret, env, `${path}.secret`));
  const least = Math.max(...spec.algorithms.map((name) => LEAST_BYTES[name] ?? 0));
  if (key.length >= least) return key;
  throw new HeadgateError(
    'ERR_SECRET',
    `${path}.secret: expected at least ${least} bytes (RFC 7518 3.2), got ${key.length}`,
  );
}

function bySecret(spec: Issuer, key: Uint8Array, jose: Library, clock: Clock): Verifier {
  return {
    spec,
    version: () => 1,
    async verify(token) {
      const { jwtVerify, errors } = await jose();
      const claims = await jwtVerify(token, key, rulesOf(spec, clock)).catch(wrongToken(errors));
      return claims && { claims: claims.payload, version: 1 };
    },
  };
}

function byKeys(spec: Issuer, source: KeySource, jose: Library, clock: Clock): Verifier {
  async function verify(token: string): Promise<Verified | undefined> {
    const known = await source.current();
    const first = await verifyBy(spec, known, token, await jose(), clock);
    if (first !== 'unknown key') return first && { claims: first, version: known.version };
    const newer = await source.newerThan(known);
    if (newer === undefined) return undefined;
    const second = await verifyBy(spec, newer, token, await jose(), clock);
    return second === undefined || second === 'unknown key' ? undefined : { claims: second, version: newer.version };
  }
  return { spec, verify, version: () => source.version() };
}

async function verifyBy(
  spec: Issuer,
  { find }: Keys,
  token: string,
  { jwtVerify, errors }: typeof Jose,
  clock: Clock,
): Promise<Jose.JWTPayload | 'unknown key' | undefined> {
  const rules = rulesOf(spec, clock);
  try {
    return (await jwtVerify(token, find, rules)).payload;
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return 'unknown key';
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) return wrongToken(errors)(error);
    // A token that names no key, and several that could have signed it: whichever did.
    for await (const key of error) {
      const verified = await jwtVerify(token, key, rules).catch(wrongToken(errors));
      if (verified !== undefined) return verified.payload;
    }
    return undefined;
  }
}

function rulesOf(spec: Issuer, clock: Clock): Jose.JWTVerifyOptions {
  return {
    issuer: spec.issuer,
    audience: [...spec.audience],
    algorithms: [...spec.algorithms],
    clockTolerance: spec.toleranceMs / 1000,
    currentDate: new Date(clock.wallMs()),
    requiredClaims: ['exp'],
  };
}

/** What is wrong with a token is the caller's; what is wrong with a key is not. @throws what is not about the token */
function wrongToken(errors: typeof Jose.errors): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSInvalid)) return undefined;
    throw error;
  };
}

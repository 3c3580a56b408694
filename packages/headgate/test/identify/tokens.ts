import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { START } from '../gate-of.ts';

export const ISSUER = 'https://id.example';
export const NOW_S: number = Math.floor(START / 1000);

/** A key pair of an issuer, and its public half as an issuer publishes it. */
export interface Pair {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

export async function pairOf(kid: string, alg = 'ES256'): Promise<Pair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

export type Claims = Readonly<Record<string, unknown>>;

/** A good token, but for what is said. An undefined claim is left out. */
export function token(pair: Pair, claims: Claims = {}, header: Claims = {}): Promise<string> {
  const all = { iss: ISSUER, aud: 'api', sub: 'u1', iat: NOW_S, exp: NOW_S + 600, ...claims };
  return new SignJWT(all).setProtectedHeader({ alg: pair.alg, kid: pair.kid, ...header }).sign(pair.privateKey);
}

export function bearer(credential: string): { readonly fields: readonly (readonly [string, string])[] } {
  return { fields: [['Authorization', `Bearer ${credential}`]] };
}

/** The public halves, as an issuer publishes them. */
export const jwksOf = (...pairs: readonly Pair[]): string => JSON.stringify({ keys: pairs.map(({ jwk }) => jwk) });

export const LIMIT: string = `limits: { calls: { rate: 2/minute, per: user } }
respond: { headers: { of: calls, fields: { X-Left: "{remaining}" } } }`;

/** A policy that takes this issuer's tokens, by keys that stand in it or at a URL. */
export function tokenPolicy(keys: string, more = '', tail = LIMIT): string {
  return `identify:
  user: { bearer: true, find: jwt, jwt: { issuer: "${ISSUER}", audience: api, jwks: ${keys} }${more} }
${tail}`;
}

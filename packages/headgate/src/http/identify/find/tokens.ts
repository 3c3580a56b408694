import type { Clock } from '../../../core/index.ts';
import type { FoundAttribute, Issuer } from '../../../profile/index.ts';
import type { Outside } from '../../outside.ts';
import { attributesFrom, valueAt } from './attributes.ts';
import { Expiring } from './expiring.ts';
import { fault, WRONG, whenHeld, type Find, type Found } from './found.ts';
import { createVerifier, type Library, type Verified, type Verifier } from './verify.ts';

/** Letters of a token; a longer one is nobody's. */
const MAX_TOKEN = 16_384;
const SHAPE = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/** Tokens that were verified are known for so long, and so many of them; a signature costs many times what a request does. */
const KNOWN_MS = 60_000;
const MAX_KNOWN = 10_000;

export interface TokenSource {
  readonly name: string;
  readonly issuers: readonly Issuer[];
  readonly attributes: readonly FoundAttribute[];
  /** The text under which a token is remembered: a salted hash. */
  readonly keyOf: (credential: string) => string;
}

interface Known {
  readonly found: Found;
  readonly verifier: Verifier;
  readonly version: number;
  /** Wall time: from the verification until the token expires. */
  readonly fromAtMs: number;
  readonly untilAtMs: number;
}

/** Verifies tokens (RFC 7519). The token says who its issuer is, and that one's keys, and no others, say whether it is true. */
export function findByToken(source: TokenSource, outside: Outside, clock: Clock): Find {
  const jose: Library = () => import('jose');
  const verifiers = new Map(
    source.issuers.map((spec, i) => {
      const path = `identify.${source.name}.jwt${source.issuers.length > 1 ? `[${i}]` : ''}`;
      return [spec.issuer, createVerifier(spec, jose, outside, clock, path)];
    }),
  );
  const known = new Expiring<Known>(MAX_KNOWN);
  const flights = new Map<string, Promise<Found>>();

  function remembered(key: string): Found | undefined {
    const entry = known.get(key, clock.monotonicMs());
    const nowMs = clock.wallMs();
    const isGood = entry && nowMs >= entry.fromAtMs && nowMs < entry.untilAtMs;
    return isGood && entry.version === entry.verifier.version() ? entry.found : undefined;
  }

  async function verify(token: string, key: string): Promise<Found> {
    const verifier = verifiers.get(issuerOf(token, await jose()) ?? '');
    const fromAtMs = clock.wallMs();
    const verified = await verifier?.verify(token);
    if (verifier === undefined || verified === undefined) return WRONG;
    const found = subjectOf(source, verifier.spec, verified);
    // Verified means that `exp` is there, and a number.
    const untilAtMs = (verified.claims.exp ?? 0) * 1000 + verifier.spec.toleranceMs;
    const entry = { found, verifier, version: verified.version, fromAtMs, untilAtMs };
    if (found.is === 'found') known.set(key, entry, clock.monotonicMs() + KNOWN_MS);
    return found;
  }

  function fly(token: string, key: string): Promise<Found> {
    const flight = verify(token, key)
      .catch(fault)
      .finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight;
  }

  return (token, hold) => {
    if (token.length > MAX_TOKEN || !SHAPE.test(token)) return WRONG;
    const key = source.keyOf(token);
    const told = remembered(key) ?? flights.get(key);
    if (told !== undefined) return told;
    return whenHeld(hold, () => flights.get(key) ?? fly(token, key));
  };
}

/** What a token says of its issuer: a claim, until it is verified by that issuer's keys. */
function issuerOf(token: string, { decodeJwt }: Awaited<ReturnType<Library>>): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

/** A token that is good, and does not say what the policy must know of its subject, is not a credential here. */
function subjectOf(source: TokenSource, { issuer, id: at }: Issuer, { claims }: Verified): Found {
  const id = idText(valueAt(claims, at));
  const attributes = attributesFrom(source.attributes, claims);
  if (id === undefined || typeof attributes === 'string') return WRONG;
  return { is: 'found', id: `${issuer} ${id}`, attributes };
}

/**
 * Injective behind an issuer and a space: an issuer has none, and what begins with one is a number. A text that does, or that
 * has a control character, is nobody's id.
 */
function idText(id: unknown): string | undefined {
  if (typeof id === 'number') return Number.isSafeInteger(id) ? ` ${id}` : undefined;
  if (typeof id !== 'string' || id === '' || id.length > 1024) return undefined;
  return /^\s|\s$|\p{Cc}/u.test(id) ? undefined : id;
}

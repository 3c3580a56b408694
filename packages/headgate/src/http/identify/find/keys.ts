import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';
import type { Clock } from '../../../core/index.ts';
import { textOf, within, type Outside } from '../../outside.ts';

/** Keys are fetched again after this long, and used for this much longer while their issuer does not answer. */
const FRESH_MS = 600_000;
const STALE_MS = 3_600_000;
/** No attempt is made again so soon: for a key nobody knows, since anybody can name one; and after one that failed. */
const COOL_MS = 30_000;
const RETRY_MS = 1000;
const TIMEOUT_MS = 5000;
const MAX_BYTES = 262_144;
const MAX_KEYS = 64;
/** Types of key with a part that all may know (RFC 7518 6.1, RFC 8037 2). */
const PUBLIC: ReadonlySet<unknown> = new Set(['RSA', 'EC', 'OKP']);

/** Public keys of one issuer, in the form that jose looks them up by, numbered so that what was verified by older ones is known. */
export interface Keys {
  readonly version: number;
  readonly find: JWTVerifyGetKey;
}

export interface KeySource {
  /** The keys in force. @throws Error when there are none, and the issuer cannot be asked */
  current(): Promise<Keys>;
  /** Keys newer than these, for a token by a key that is not among them; undefined when there are none. @throws Error when nobody can tell */
  newerThan(known: Keys): Promise<Keys | undefined>;
  /** What `current` would tell without waiting. */
  version(): number;
}

export type MakeSet = (keys: JSONWebKeySet) => Promise<JWTVerifyGetKey>;

/** Keys that stand in the policy: there are never others. */
export function fixedKeys(jwks: readonly Readonly<Record<string, unknown>>[], makeSet: MakeSet): KeySource {
  // The policy was checked for what a key must have.
  const set = { keys: jwks } as unknown as JSONWebKeySet;
  let keys: Promise<Keys> | undefined;
  return {
    current: () => (keys ??= makeSet(set).then((find) => ({ version: 1, find }))),
    newerThan: async () => undefined,
    version: () => 1,
  };
}

/** Keys at a URL, fetched once for all who wait for them. */
export function keysAt(url: string, makeSet: MakeSet, outside: Outside, clock: Clock): KeySource {
  let keys: Keys | undefined;
  let fetchedAtMs = Number.NEGATIVE_INFINITY;
  let triedAtMs = Number.NEGATIVE_INFINITY;
  let failed: Error | undefined;
  let flight: Promise<Keys> | undefined;

  async function load(): Promise<Keys> {
    triedAtMs = clock.monotonicMs();
    try {
      const find = await makeSet(readSet(await textAt(url, outside)));
      keys = { version: (keys?.version ?? 0) + 1, find };
      fetchedAtMs = clock.monotonicMs();
      failed = undefined;
      return keys;
    } catch (error) {
      failed = new Error(`the keys at ${url}: ${reasonOf(error)}`, { cause: error });
      throw failed;
    } finally {
      flight = undefined;
    }
  }

  async function current(): Promise<Keys> {
    const nowMs = clock.monotonicMs();
    if (keys !== undefined && nowMs < fetchedAtMs + FRESH_MS) return keys;
    const usable = keys !== undefined && nowMs < fetchedAtMs + FRESH_MS + STALE_MS ? keys : undefined;
    const refused = nowMs < triedAtMs + RETRY_MS ? failed : undefined;
    if (flight === undefined && refused !== undefined) {
      if (usable !== undefined) return usable;
      throw refused;
    }
    flight ??= load();
    if (usable === undefined) return flight;
    const later = flight.catch(() => usable);
    // An issuer that failed before makes nobody wait again who can do without.
    return failed === undefined ? later : usable;
  }

  async function newerThan(known: Keys): Promise<Keys | undefined> {
    if (keys !== undefined && keys.version > known.version) return keys;
    if (flight === undefined && clock.monotonicMs() < triedAtMs + COOL_MS) {
      if (failed !== undefined) throw failed;
      return undefined;
    }
    return (flight ??= load());
  }

  return { current, newerThan, version: () => keys?.version ?? 0 };
}

/** @throws Error when the text is no set of keys */
function readSet(text: string): JSONWebKeySet {
  const value: unknown = JSON.parse(text);
  const keys = typeof value === 'object' && value !== null && 'keys' in value ? value.keys : undefined;
  if (!Array.isArray(keys)) throw new Error('expected a JSON Web Key Set (RFC 7517 5)');
  if (keys.length > MAX_KEYS) throw new Error(`more than ${MAX_KEYS} keys`);
  // A secret, or a private part, that was published is no key to believe.
  return { keys: keys.filter(isPublic) };
}

function isPublic(key: unknown): key is JSONWebKeySet['keys'][number] {
  return typeof key === 'object' && key !== null && 'kty' in key && PUBLIC.has(key.kty) && !('d' in key);
}

async function textAt(url: string, outside: Outside): Promise<string> {
  const signal = outside.deadline(TIMEOUT_MS);
  const where = new URL(url);
  if (where.protocol === 'file:') return bounded(await within(outside.readFile(where), signal));
  const headers = { accept: 'application/jwk-set+json, application/json' };
  const reply = await within(outside.fetch(url, { method: 'GET', headers, redirect: 'manual', signal }), signal);
  if (reply.status === 200) return within(textOf(reply, MAX_BYTES), signal);
  await reply.body?.cancel();
  throw new Error(`answered ${reply.status}`);
}

function bounded(text: string): string {
  if (text.length > MAX_BYTES) throw new Error(`more than ${MAX_BYTES} bytes`);
  return text;
}

function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'not JSON';
  return error instanceof Error ? error.message : String(error);
}

import type { Clock, Outcome } from '../../core/index.ts';
import { HeadgateError } from '../../core/index.ts';
import type { CompiledPolicy, IdentitySource, Subject } from '../../profile/index.ts';
import type { Outside } from '../outside.ts';
import type { RequestView, Sha256 } from '../request.ts';
import { CONFLICT, shown } from './credentials.ts';
import { findByFunction, type Finder } from './find/called.ts';
import { findByHttp } from './find/directory.ts';
import { WRONG, type Find, type Found, type Hold } from './find/found.ts';
import { createKeyring } from './find/keyring.ts';
import { findByToken } from './find/tokens.ts';

/** Who asks, or why nobody can say: no credential, one that is wrong, several that disagree, or nobody left to ask. */
export type Identified =
  | { readonly is: 'subject'; readonly subject: Subject }
  | { readonly is: 'missing' | 'wrong' | 'conflict' }
  | { readonly is: 'fault'; readonly reason: string }
  | { readonly is: 'exhausted'; readonly outcome: Outcome };

/** From where a request came, and whether from a proxy that is believed. */
export interface Origin {
  readonly address: string;
  readonly trusted: boolean;
}

/** A promise only where the source that decides had to wait. */
export type Identify = (
  view: RequestView,
  search: string,
  origin: Origin,
  hold: Hold,
) => Identified | Promise<Identified>;

export interface IdentifyOptions {
  readonly policy: Pick<CompiledPolicy, 'identify' | 'anonymous'>;
  readonly sha256: Sha256;
  /** Random, of this process: blinds the comparison of listed keys, and names what is remembered. */
  readonly salt: string;
  readonly clock: Clock;
  readonly outside: Outside;
  readonly finders: Readonly<Record<string, Finder>>;
}

/** A credential longer than this is counted under its hash: a store keeps keys whole. */
const MAX_CREDENTIAL = 200;
const MISSING: Identified = { is: 'missing' };
const CONFLICTING: Identified = { is: 'conflict' };

/**
 * Compiles the sources, in order: the first that is present decides, and one that is present but wrong is the end of it.
 * @throws HeadgateError `ERR_FINDER` for a function that nobody registered, `ERR_SECRET` for a variable that is not set
 */
export function createIdentify(options: IdentifyOptions): Identify {
  const { policy, sha256 } = options;
  const sources = policy.identify.map((source) => ({ source, find: findOf(source, options) }));
  return (view, search, origin, hold) => {
    for (const { source, find } of sources) {
      if (source.from === 'proxy' && !origin.trusted) continue;
      const credential = shown(view, source.places, search, source.from);
      if (credential === CONFLICT) return CONFLICTING;
      if (credential === undefined) continue;
      const found = credential === '' ? WRONG : find(credential, hold);
      return found instanceof Promise
        ? found.then(subjectBy(source.name, credential, origin, sha256))
        : subjectOf(source.name, credential, found, origin, sha256);
    }
    return policy.anonymous ? { is: 'subject', subject: { auth: 'anonymous', address: origin.address } } : MISSING;
  };
}

function subjectBy(name: string, credential: string, origin: Origin, sha256: Sha256): (found: Found) => Identified {
  return (found) => subjectOf(name, credential, found, origin, sha256);
}

function findOf(source: IdentitySource, options: IdentifyOptions): Find {
  const { name, find, attributes } = source;
  const { sha256, salt, outside, clock } = options;
  const keyOf = (credential: string): string => sha256(`${salt} ${name} ${credential}`);
  switch (find.is) {
    case 'any': {
      const anybody: Found = { is: 'found', attributes: {} };
      return () => anybody;
    }
    case 'keys':
      return createKeyring(find.keys, sha256, salt);
    case 'jwt':
      return findByToken({ name, issuers: find.issuers, attributes, keyOf }, outside, clock);
    case 'http':
      return findByHttp({ name, directory: find.directory, attributes, keyOf }, outside, clock);
    case 'function':
      return findByFunction({ name, finder: finderOf(name, find.name, options), attributes }, outside);
    default:
      return find satisfies never;
  }
}

function finderOf(source: string, name: string, { finders }: IdentifyOptions): Finder {
  const finder = Object.hasOwn(finders, name) ? finders[name] : undefined;
  if (finder !== undefined) return finder;
  throw new HeadgateError(
    'ERR_FINDER',
    `identify.${source}.find: nobody registered a function "${name}"; give it to createHttpGate as finders: { ${name}: … }. The headgate command has none: it looks callers up by any, keys, jwt and http`,
  );
}

function subjectOf(name: string, credential: string, found: Found, origin: Origin, sha256: Sha256): Identified {
  if (found.is !== 'found') return found;
  const id = bounded(found.id ?? credential, sha256);
  return { is: 'subject', subject: { ...found.attributes, [name]: id, auth: name, address: origin.address } };
}

/** Injective: `#` begins hashes only, so no credential can be written that equals another's hash. */
function bounded(credential: string, sha256: Sha256): string {
  return credential.length <= MAX_CREDENTIAL && !credential.startsWith('#') ? credential : `#${sha256(credential)}`;
}

import type { CompiledPolicy, IdentitySource, Subject } from '../../profile/index.ts';
import type { RequestView, Sha256 } from '../request.ts';
import { CONFLICT, shown } from './credentials.ts';
import { createKeyring, type Attributes } from './keyring.ts';

/** Who asks, or why nobody can say: no credential, one that is wrong, or several that disagree. */
export type Identified =
  | { readonly is: 'subject'; readonly subject: Subject }
  | { readonly is: 'missing' | 'wrong' | 'conflict' };

export type Identify = (view: RequestView, search: string, address: string) => Identified;

/** A credential longer than this is counted under its hash: a store keeps keys whole. */
const MAX_CREDENTIAL = 200;
const MISSING: Identified = { is: 'missing' };
const WRONG: Identified = { is: 'wrong' };
const CONFLICTING: Identified = { is: 'conflict' };

type Find = (credential: string) => Attributes | undefined;

interface Source {
  readonly name: string;
  readonly places: IdentitySource['places'];
  readonly find: Find;
}

/**
 * Compiles the sources, in order: the first that is present decides, and one that is present but wrong is the end of it.
 * @param salt random, of this process: blinds the comparison of listed keys
 */
export function createIdentify(policy: CompiledPolicy, sha256: Sha256, salt: string): Identify {
  const sources = policy.identify.map((source) => compileSource(source, sha256, salt));
  return (view, search, address) => {
    for (const source of sources) {
      const credential = shown(view, source.places, search);
      if (credential === CONFLICT) return CONFLICTING;
      if (credential !== undefined) return named(source, credential, address, sha256);
    }
    return policy.anonymous ? { is: 'subject', subject: { auth: 'anonymous', address } } : MISSING;
  };
}

function compileSource(source: IdentitySource, sha256: Sha256, salt: string): Source {
  const nothing: Attributes = Object.freeze({});
  const find: Find = source.find === 'any' ? () => nothing : createKeyring(source.keys, sha256, salt);
  return { name: source.name, places: source.places, find };
}

function named(source: Source, credential: string, address: string, sha256: Sha256): Identified {
  const attributes = credential === '' ? undefined : source.find(credential);
  if (attributes === undefined) return WRONG;
  const id = bounded(credential, sha256);
  return { is: 'subject', subject: { [source.name]: id, ...attributes, auth: source.name, address } };
}

/** Injective: `#` begins hashes only, so no credential can be written that equals another's hash. */
function bounded(credential: string, sha256: Sha256): string {
  return credential.length <= MAX_CREDENTIAL && !credential.startsWith('#') ? credential : `#${sha256(credential)}`;
}

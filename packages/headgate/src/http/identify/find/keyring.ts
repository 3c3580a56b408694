import type { ListedKey } from '../../../profile/index.ts';
import type { Sha256 } from '../../request.ts';
import { WRONG, type Find, type Found } from './found.ts';

/** Hex digits by which a key is looked up, before the whole of its digest is compared. */
const INDEXED = 16;

/**
 * Listed keys are kept as salted digests of their digests. What is compared is therefore a text that the caller can neither
 * choose nor predict, so the time a comparison takes tells nothing of a key; the last comparison takes the same time anyway.
 */
export function createKeyring(keys: readonly ListedKey[], sha256: Sha256, salt: string): Find {
  const blind = (digest: string): string => sha256(`${salt}:${digest}`);
  const entries = new Map<string, { digest: string; found: Found }[]>();
  for (const { key, attributes } of keys) {
    const digest = blind(key.startsWith('sha256:') ? key.slice('sha256:'.length).toLowerCase() : sha256(key));
    const bucket = digest.slice(0, INDEXED);
    entries.set(bucket, [...(entries.get(bucket) ?? []), { digest, found: { is: 'found', attributes } }]);
  }
  return (credential) => {
    const digest = blind(sha256(credential));
    return entries.get(digest.slice(0, INDEXED))?.find((entry) => sameText(entry.digest, digest))?.found ?? WRONG;
  };
}

/** Compares without stopping at the first difference. */
function sameText(a: string, b: string): boolean {
  let different = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) different |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return different === 0;
}

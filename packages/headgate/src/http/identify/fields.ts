import type { CompiledPolicy, IdentitySource } from '../../profile/index.ts';

/** What Headgate itself tells the upstream begins so; from anybody else it is a lie. */
const OURS = 'x-headgate-';

/** Whether a request field, by its lower-case name, is one of those that say who asks or from where. */
export function identifyingFields({ identify, address }: CompiledPolicy): (name: string) => boolean {
  const names = new Set(identify.flatMap(({ places }) => places.map(fieldOf)));
  if (address.header !== undefined) names.add(address.header.toLowerCase());
  return (name) => names.has(name);
}

/**
 * Whether a request field, by its lower-case name, must not reach the upstream: one that asks to be run as another request; what
 * only a proxy may say, from a peer that is none; and what a server that knows fields by CGI's names (RFC 3875 4.1.18) takes for
 * a field that was judged.
 */
export function strippedFields(
  policy: CompiledPolicy,
  isOverride: (name: string) => boolean,
): (name: string, trusted: boolean) => boolean {
  const identifies = identifyingFields(policy);
  const proxied = new Set(
    policy.identify.filter(({ from }) => from === 'proxy').flatMap(({ places }) => places.map(fieldOf)),
  );
  if (policy.address.header !== undefined) proxied.add(policy.address.header.toLowerCase());
  const isFalse = (name: string, trusted: boolean): boolean =>
    isOverride(name) || name.startsWith(OURS) || (!trusted && proxied.has(name));
  return (name, trusted) => {
    if (isFalse(name, trusted)) return true;
    if (!name.includes('_') || identifies(name)) return false;
    const twin = name.replaceAll('_', '-');
    return identifies(twin) || isFalse(twin, trusted);
  };
}

function fieldOf(place: IdentitySource['places'][number]): string {
  switch (place.in) {
    case 'header':
      return place.name.toLowerCase();
    case 'bearer':
    case 'basic':
      return 'authorization';
    case 'cookie':
      return 'cookie';
    case 'query':
    case 'certificate':
      return ''; // no field
    default:
      return place.in satisfies never;
  }
}

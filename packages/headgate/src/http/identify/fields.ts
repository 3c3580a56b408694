import type { CompiledPolicy, IdentitySource } from '../../profile/index.ts';

/** Whether a request field, by its lower-case name, is one of those that say who asks or from where. */
export function identifyingFields({ identify, address }: CompiledPolicy): (name: string) => boolean {
  const names = new Set(identify.flatMap(({ places }) => places.map(fieldOf)));
  if (address.header !== undefined) names.add(address.header.toLowerCase());
  return (name) => names.has(name);
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
      return ''; // no field
    default:
      return place.in satisfies never;
  }
}

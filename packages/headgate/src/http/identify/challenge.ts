import type { CompiledPolicy } from '../../profile/index.ts';
import { quoted } from '../header-text.ts';

/** The value of `WWW-Authenticate`: the schemes that this policy's sources accept. */
export function challenge(policy: CompiledPolicy): string {
  const realm = quoted(policy.name === '' ? 'api' : policy.name);
  const schemes = new Set<string>();
  for (const source of policy.identify) {
    // How a proxy names people is between the two of us.
    if (source.from === 'proxy') continue;
    for (const place of source.places) {
      if (place.in === 'bearer') schemes.add(`Bearer realm=${realm}`);
      else if (place.in === 'basic') schemes.add(`Basic realm=${realm}, charset="UTF-8"`);
      else schemes.add(`ApiKey realm=${realm}, in=${quoted(place.in)}, name=${quoted(place.name)}`);
    }
  }
  return schemes.size === 0 ? `ApiKey realm=${realm}` : [...schemes].join(', ');
}

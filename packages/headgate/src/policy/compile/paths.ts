import type { PathRules } from '../../profile/index.ts';
import type { PolicyInput } from '../schema/policy.ts';

/** Compiles how the API reads paths. What is not said is what no server can be fooled with. */
export function compilePaths(given: PolicyInput['paths']): PathRules {
  return {
    case: given?.case ?? 'unstated',
    params: given?.params ?? 'refuse',
    trailingSlash: given?.trailingSlash ?? 'same',
    encodedSlash: given?.encodedSlash ?? 'refuse',
    doubleEscape: given?.doubleEscape ?? 'refuse',
  };
}

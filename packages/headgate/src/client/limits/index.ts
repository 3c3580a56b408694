export { declare, type DeclaredLimit } from './declare.ts';
export { limitsOf, type PolicyLimits, type Subject } from './policy.ts';
export type { Algorithm } from './release.ts';

export { declare, type DeclaredLimit } from './declare.ts';
export type { Algorithm } from './release.ts';

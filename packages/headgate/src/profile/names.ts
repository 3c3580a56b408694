import type { CompiledPolicy } from './compiled.ts';

/** Names that a policy declares, for the compiler alone. */
export interface Names {
  readonly limit: string;
  readonly plan: string;
  readonly operation: string;
}

/** A policy whose names are known to the compiler. The member is never there: it only carries them. */
export type NamedPolicy<N extends Names> = CompiledPolicy & { readonly '~names'?: N };

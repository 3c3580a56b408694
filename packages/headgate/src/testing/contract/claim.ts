import type { Asker } from './ask.ts';

/** One claim about a store: it holds when `run` ends, and fails when it rejects. */
export interface Claim {
  readonly name: string;
  readonly run: (asker: Asker) => Promise<void>;
}

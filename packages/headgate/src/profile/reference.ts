import type { Receiver } from './compiled.ts';

/** Whether a receiver stands in the environment. */
export function isReference(receiver: Receiver): receiver is { readonly env: string } {
  return 'env' in receiver;
}

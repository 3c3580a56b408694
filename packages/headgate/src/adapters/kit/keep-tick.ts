/** Node, as far as it is one: other platforms have less, or nothing, under this name. */
type Platform = Partial<Pick<typeof globalThis.process, 'nextTick' | 'getBuiltinModule'>>;

let kept: unknown;

/**
 * Keeps one entry of the queue of `process.nextTick` alive, once a process. V8 forgets how such an entry is laid out when a full collection
 * finds none, and from then on takes the slow way to make each, for good (Node 24): some µs a request, whatever serves it
 * (docs/decisions/0434). Loading this library may well bring such a collection about.
 */
export function keepTick(): void {
  if (kept !== undefined) return;
  kept = true;
  const { process } = globalThis as { readonly process?: Platform };
  const hooks = process?.getBuiltinModule?.('node:async_hooks');
  // Within a tick it is that tick's entry.
  if (hooks !== undefined) process?.nextTick?.(() => void (kept = hooks.executionAsyncResource?.()));
}

import * as hooks from 'node:async_hooks';

let kept: object | undefined;

/**
 * Keeps one entry of the queue of `process.nextTick` alive, once a process. V8 forgets how such an entry is laid out when a full collection finds none, and
 * from then on takes the slow way to make each, for good (Node 24): some µs a request, whatever serves it (docs/decisions/0434).
 */
export function keepTick(): void {
  if (kept !== undefined) return;
  kept = {};
  process.nextTick(() => {
    // Within a tick that is its entry, where the runtime tells one.
    kept = (hooks as Partial<typeof hooks>).executionAsyncResource?.() ?? kept;
  });
}

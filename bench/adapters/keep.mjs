import { executionAsyncResource } from 'node:async_hooks';

export let kept;

/** Keeps every process in one state, which is lost by chance: that in which a tick's entry is laid out as ever (docs/decisions/0434). */
export function keepTick() {
  return new Promise((resolve) => {
    process.nextTick(() => resolve((kept = executionAsyncResource())));
  });
}

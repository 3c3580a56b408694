// Loaded first, so that every process is measured in the same state: one in which a tick's entry is laid out as ever (docs/decisions/0434).
import { executionAsyncResource } from 'node:async_hooks';

export let kept;
process.nextTick(() => (kept = executionAsyncResource()));

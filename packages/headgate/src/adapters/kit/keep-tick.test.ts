import { createHook } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { keepTick } from './keep-tick.ts';

it('keeps one entry of the queue of ticks alive, and no more however often it is asked', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void; // as the flag says
  const entries: WeakRef<object>[] = [];
  const hook = createHook({
    init: (_id, type, _trigger, entry: object) => void (type === 'TickObject' && entries.push(new WeakRef(entry))),
  }).enable();
  keepTick();
  keepTick();
  process.nextTick(() => undefined);
  await setImmediate();
  hook.disable();
  // What a weak reference was made of lives until the end of its turn.
  await setImmediate();
  collect();
  expect(entries.length).toBeGreaterThan(1);
  expect(entries.filter((entry) => entry.deref() !== undefined)).toHaveLength(1);
});

// Bytes a key. Keys are made one at a time and dropped, so that whoever keeps one pays for it.
/* oxlint-disable no-await-in-loop -- One after another, so that only what is kept is alive. */
import { setTimeout as sleep } from 'node:timers/promises';
import { answer } from '../lib/child.mjs';
import { keyMaker } from '../lib/keys.mjs';
import { subjects } from '../subjects/index.mjs';

const ASKED = { amounts: [10, 10, 10], windowsMs: [600_000, 1_200_000, 1_800_000] };
const WARM = 1000;

await answer(async ({ subject: name, many }) => {
  const subject = await subjects[name]();
  await fill(subject.open(ASKED), WARM);
  const before = await settled();
  const limiter = subject.open(ASKED);
  await fill(limiter, many);
  const after = await settled();
  const live = limiter.live?.() ?? many;
  if (live !== many) throw new Error(`${name}: keeps ${live} of ${many} keys`);
  return { heap: (after.heap - before.heap) / many, resident: (after.resident - before.resident) / many };
});

async function fill(limiter, count) {
  const key = keyMaker();
  for (let i = 0; i < count; i++) {
    const admits = limiter.step(key(i), i);
    if (typeof admits !== 'boolean') await admits;
  }
}

/** What stays once the collector has had its say: it takes a few to let go of all. */
async function settled() {
  for (let i = 0; i < 4; i++) {
    globalThis.gc();
    await sleep(20);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, resident: rss };
}

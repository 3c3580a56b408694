// Nanoseconds a decision: one subject, one mix of keys.
/* oxlint-disable no-await-in-loop -- One decision after another is what is measured. */
import { answer } from '../lib/child.mjs';
import { keys, uniform, zipfian } from '../lib/keys.mjs';
import { subjects } from '../subjects/index.mjs';

/** Keys are drawn beforehand, and then again from the first. */
const DRAWN = 2 ** 20;
/** Decisions between two looks at the clock. */
const CHUNK = 1024;
/**
 * By then everything hot is compiled, also where the compiler has no CPU of its own: that is why it is CPU time. What is compiled while it is
 * measured would be counted as what a decision costs, and most of all where there is more code.
 */
const WARM_CPU_MS = 500;
const PLENTY = 1e9;
const MINUTE = 60_000;

const mixes = {
  hot: () => ({ count: 1 }),
  'hot, one refuses': () => ({ count: 1, amounts: [PLENTY, PLENTY, 1] }),
  'hot, all refuse': () => ({ count: 1, amounts: [1, 1, 1] }),
  zipf: () => ({ count: 10_000, drawn: zipfian(10_000, DRAWN) }),
  'zipf, built': () => ({ count: 10_000, drawn: zipfian(10_000, DRAWN), built: true }),
  uniform: ({ many }) => ({ count: many, drawn: uniform(many, DRAWN) }),
};

await answer(async (job) => {
  const subject = await subjects[job.subject]();
  const {
    count,
    drawn = new Uint32Array(DRAWN),
    built = false,
    amounts = [PLENTY, PLENTY, PLENTY],
  } = mixes[job.mix](job);
  // Of three limits the last refuses, when one does: all are looked at. One limit alone is that one.
  const asked = {
    amounts: amounts.slice(-Math.max(subject.limits, 1)),
    windowsMs: [10 * MINUTE, 20 * MINUTE, 30 * MINUTE],
  };
  const { step } = subject.open(asked);
  const load = { step, ids: keys(count), drawn, built };
  await preload(load);
  const run = subject.async ? runAsync : runSync;
  await warm(run, load, job.warmMs ?? WARM_CPU_MS);
  const before = process.cpuUsage();
  const { turns, admitted, elapsedMs } = await run(load, job.ms);
  const { user, system } = process.cpuUsage(before);
  requireAnswers(job, subject, admitted / turns);
  // CPU time, the collector's included: on a machine of one's own it is the time elapsed, and no neighbour can add to it.
  return { ns: ((user + system) * 1000) / turns, elapsedNs: (elapsedMs * 1e6) / turns, turns };
});

/** Runs until the process has spent so much, however much of the CPU it gets. */
async function warm(run, load, enoughMs) {
  const before = process.cpuUsage();
  for (let spentMs = 0; spentMs < enoughMs;) {
    await run(load, 10);
    const { user, system } = process.cpuUsage(before);
    spentMs = (user + system) / 1000;
  }
}

/** A limiter that answers wrongly is fast for nothing. */
function requireAnswers({ mix }, { refuses = false }, share) {
  const right = mix.includes('refuse') ? share < 0.001 : share === 1 || refuses;
  if (!right) throw new Error(`${mix}: admitted ${share} of all`);
}

async function preload({ step, ids, built }) {
  for (let i = 0; i < ids.length; i++) {
    const admits = step(built ? 'k:' + ids[i] : ids[i], i);
    if (typeof admits !== 'boolean') await admits;
  }
}

// The two differ by one word: a loop that awaits what is no promise would measure the promise.

function runSync({ step, ids, drawn, built }, ms) {
  const began = performance.now();
  let turns = 0;
  let admitted = 0;
  let elapsedMs = 0;
  while (elapsedMs < ms) {
    for (const end = turns + CHUNK; turns < end; turns++) {
      const id = ids[drawn[turns % DRAWN]];
      if (step(built ? 'k:' + id : id, turns)) admitted++;
    }
    elapsedMs = performance.now() - began;
  }
  return { turns, admitted, elapsedMs };
}

async function runAsync({ step, ids, drawn, built }, ms) {
  const began = performance.now();
  let turns = 0;
  let admitted = 0;
  let elapsedMs = 0;
  while (elapsedMs < ms) {
    for (const end = turns + CHUNK; turns < end; turns++) {
      const id = ids[drawn[turns % DRAWN]];
      if (await step(built ? 'k:' + id : id, turns)) admitted++;
    }
    elapsedMs = performance.now() - began;
  }
  return { turns, admitted, elapsedMs };
}

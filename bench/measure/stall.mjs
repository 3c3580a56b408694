// How long a request would wait while very many keys come, and while they expire.
/* oxlint-disable no-await-in-loop -- Turns of the loop are what is measured. */
import { setImmediate as turn } from 'node:timers/promises';
import { answer } from '../lib/child.mjs';
import { keyMaker } from '../lib/keys.mjs';
import { subjects } from '../subjects/index.mjs';

const KEYS_A_TURN = 1000;
/** Fresh keys a second once all have come: what a busy service sees, and what gives the sweep its turns. */
const TRICKLE_A_SECOND = 40_000;
/** Shorter turns are only added up: there are millions of them, and nobody minds. */
const SHORT_MS = 0.05;
/** Longer ones fit here for a minute at least, and in memory made beforehand: noting a stall must not make one. */
const MAX_LONG = 60_000 / SHORT_MS;
const WARM_TURNS = 20_000;

await answer(async ({ subject: name, many, windowsMs, expireMs }) => {
  const subject = await subjects[name]();
  const limiter = subject.open({ amounts: [10, 10, 10], windowsMs });
  const load = { step: limiter.step, key: keyMaker(), asked: 0, isAsync: subject.async };
  for (let i = 0; i < WARM_TURNS; i++) await turn();
  const filling = await phase(load, () => (load.asked < many ? KEYS_A_TURN : -1));
  const filled = limiter.live?.();
  const from = { asked: load.asked, ms: performance.now() };
  const expiring = await phase(load, () => {
    const ms = performance.now() - from.ms;
    return ms > expireMs ? -1 : Math.ceil((ms / 1000) * TRICKLE_A_SECOND) - (load.asked - from.asked);
  });
  return { filling, expiring, filled, left: limiter.live?.() };
});

/** Asks as many fresh keys a turn of the loop as `due` says, until that is -1, and notes how long each turn took. */
async function phase(load, due) {
  const longMs = new Float64Array(MAX_LONG);
  const began = performance.now();
  let long = 0;
  let last = began;
  for (let count = due(); count >= 0; count = due()) {
    for (let i = 0; i < count; i++) {
      const admits = load.step(load.key(load.asked++), load.asked);
      if (load.isAsync) await admits;
    }
    await turn();
    const now = performance.now();
    if (now - last > SHORT_MS && long < MAX_LONG) longMs[long++] = now - last;
    last = now;
  }
  return waits(longMs.subarray(0, long), last - began);
}

/**
 * Whoever comes at a random moment of a turn of g ms waits for its end: longer than w with a chance of (g - w) / g. So all
 * of them together wait longer than w for the sum of (g - w), of the whole time.
 */
function waits(turnsMs, totalMs) {
  const longestMs = turnsMs.reduce((most, ms) => Math.max(most, ms), SHORT_MS);
  const share = (waitMs) => turnsMs.reduce((sum, ms) => sum + Math.max(0, ms - waitMs), 0) / totalMs;
  let low = SHORT_MS;
  let high = longestMs;
  for (let i = 0; i < 30; i++) {
    const middle = (low + high) / 2;
    if (share(middle) > 0.001) low = middle;
    else high = middle;
  }
  return { p999Ms: high, longestMs, seconds: totalMs / 1000 };
}

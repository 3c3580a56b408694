// So many callers at once, each of whom asks again as soon as he is answered.
import { keys } from '../lib/keys.mjs';

const KEYS = 10_000;
const names = keys(KEYS);

/** Asks for `forMs`: how long each waited, in ms, how many were refused, and for how long it went on, in s. */
export async function load(decide, atOnce, forMs) {
  const waits = [];
  const endsAt = performance.now() + forMs;
  let refused = 0;
  async function client() {
    while (performance.now() < endsAt) {
      const began = performance.now();
      // Some keys come far more often than others.
      // oxlint-disable-next-line no-await-in-loop -- he waits for his answer
      if (!(await decide(names[Math.floor(KEYS * Math.random() ** 3)]))) refused++;
      waits.push(performance.now() - began);
    }
  }
  const began = performance.now();
  await Promise.all(Array.from({ length: atOnce }, client));
  return { waits, refused, seconds: (performance.now() - began) / 1000 };
}

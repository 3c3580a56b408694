// One subject in a process of its own: `subject.mjs NAME PORT PID MS`, and one line of JSON: what it did at each concurrency.
/* oxlint-disable no-await-in-loop -- one after another is what is measured */
import { readFileSync } from 'node:fs';
import { keys } from '../lib/keys.mjs';
import { summary } from '../lib/stats.mjs';
import { SUBJECTS } from './subjects.mjs';

const CONCURRENCIES = [1, 64, 512];
const KEYS = 10_000;
const [name, port, pid, ms] = process.argv.slice(2);
const names = keys(KEYS);
const decide = await SUBJECTS[name](Number(port));

/** CPU time of the Redis process, in µs: its clock ticks 100 times a second. */
function redisMicros() {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

async function load(atOnce, forMs) {
  const waits = [];
  const endsAt = performance.now() + forMs;
  let refused = 0;
  async function client() {
    while (performance.now() < endsAt) {
      const began = performance.now();
      // Some keys come far more often than others.
      if (!(await decide(names[Math.floor(KEYS * Math.random() ** 3)]))) refused++;
      waits.push(performance.now() - began);
    }
  }
  const [cpu, redis, began] = [process.cpuUsage(), redisMicros(), performance.now()];
  await Promise.all(Array.from({ length: atOnce }, client));
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const count = waits.length;
  return {
    atOnce,
    refused,
    perSecond: count / seconds,
    p50Us: summary(waits).median * 1000,
    nodeUs: (user + system) / count,
    redisUs: (redisMicros() - redis) / count,
  };
}

// What runs for days is measured warm: the compiler takes a second or two to see what is hot.
await load(64, 2 * Number(ms));
const figures = [];
for (const atOnce of CONCURRENCIES) {
  await load(atOnce, Number(ms) / 3);
  figures.push(await load(atOnce, Number(ms)));
}
if (figures.some(({ refused }) => refused > 0)) throw new Error(`${name}: refused somebody`);
process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0));

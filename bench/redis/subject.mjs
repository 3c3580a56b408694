// One subject in a process of its own: `subject.mjs NAME PORT PID MS`, and one line of JSON: what it did at each concurrency.
/* oxlint-disable no-await-in-loop -- one after another is what is measured */
import { summary } from '../lib/stats.mjs';
import { load } from './load.mjs';
import { microsOf } from './server.mjs';
import { SUBJECTS } from './subjects.mjs';

const CONCURRENCIES = [1, 64, 512];
const [name, port, pid, ms] = process.argv.slice(2);
const decide = await SUBJECTS[name](Number(port));

async function measure(atOnce) {
  const [cpu, redis] = [process.cpuUsage(), microsOf(pid)];
  const { waits, refused, seconds } = await load(decide, atOnce, Number(ms));
  const { user, system } = process.cpuUsage(cpu);
  const count = waits.length;
  return {
    atOnce,
    refused,
    perSecond: count / seconds,
    p50Us: summary(waits).median * 1000,
    nodeUs: (user + system) / count,
    redisUs: (microsOf(pid) - redis) / count,
  };
}

// What runs for days is measured warm: the compiler takes a second or two to see what is hot.
await load(decide, 64, 2 * Number(ms));
const figures = [];
for (const atOnce of CONCURRENCIES) {
  await load(decide, atOnce, Number(ms) / 3);
  figures.push(await measure(atOnce));
}
if (figures.some(({ refused }) => refused > 0)) throw new Error(`${name}: refused somebody`);
process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0));

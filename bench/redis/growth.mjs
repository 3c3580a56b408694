// How decisions a second grow with the processes that ask one Redis, each with 64 callers, and whose CPU is busy then.
/* oxlint-disable no-await-in-loop -- one after another is what is measured */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onCpus } from '../lib/machine.mjs';
import { emptyRedis, microsOf, OTHER_CPUS } from './server.mjs';

const FILE = fileURLToPath(new URL('asker.mjs', import.meta.url));
export const PROCESSES = [1, 2, 3];

/** For each number of processes: decisions a second of all together, and of how many CPUs they, and Redis, are busy. */
export async function growth(name, server, ms) {
  const rows = [];
  for (const processes of PROCESSES) {
    await emptyRedis(server.port);
    rows.push({ processes, ...(await together(name, server, { processes, ms })) });
  }
  return rows;
}

async function together(name, { port, process: { pid } }, { processes, ms }) {
  const all = Array.from({ length: processes }, () => start([name, String(port), String(ms)]));
  for (const { lines } of all) await next(lines);
  const [redis, began] = [microsOf(pid), performance.now()];
  for (const { child } of all) child.stdin.write('go\n');
  const done = await Promise.all(all.map(async ({ lines }) => JSON.parse(await next(lines))));
  const tookMs = performance.now() - began;
  return {
    perSecond: sum(done, (one) => one.perSecond),
    nodeBusy: sum(done, (one) => one.busy),
    redisBusy: (microsOf(pid) - redis) / 1000 / tookMs,
  };
}

function start(words) {
  const [first, ...rest] = onCpus(OTHER_CPUS, [process.execPath, FILE, ...words]);
  const child = spawn(first, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

async function next(lines) {
  const { value, done } = await lines.next();
  if (done) throw new Error('a process of several ended before it was done');
  return value;
}

const sum = (all, read) => all.reduce((total, one) => total + read(one), 0);

// A Redis of our own, on a free port of the loopback.
/* oxlint-disable no-await-in-loop -- it is asked until it answers */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { onCpus, pinnedCpu } from '../lib/machine.mjs';

/** Redis has a CPU for itself, and whoever asks has the others, where there are two and they can be chosen: else they share one, or change. */
const last = pinnedCpu();
const REDIS_CPU = last === undefined || last === 0 ? undefined : last;
export const OTHER_CPUS = REDIS_CPU === undefined ? undefined : `0-${REDIS_CPU - 1}`;
const QUIET = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--loglevel', 'warning'];

/** Starts it: where it listens, and its process, which is the caller's to end. */
export async function startRedis() {
  const port = await freePort();
  const server = process.env.HEADGATE_REDIS_SERVER ?? 'redis-server';
  const [first, ...rest] = onCpus(REDIS_CPU, [server, '--port', String(port), ...QUIET]);
  const child = spawn(first, rest, { stdio: 'ignore' });
  child.on('error', (error) => {
    process.stderr.write(`bench: needs redis-server: ${error.message}\n`);
    process.exit(1);
  });
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries === 200) throw new Error(`bench: ${server} does not answer`);
    await sleep(20);
  }
  return { port, process: child };
}

async function freePort() {
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = free.address();
  free.close();
  await once(free, 'close');
  return port;
}

async function answers(port) {
  const socket = createConnection(port, '127.0.0.1');
  const connected = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return connected;
}

/** Forgets every key, so that nobody finds what another has left. */
export async function emptyRedis(port) {
  const socket = createConnection(port, '127.0.0.1');
  socket.write('FLUSHALL\r\n');
  await once(socket, 'data');
  socket.destroy();
}

/** CPU time of a process so far, in µs: by the scheduler's own count where Linux tells it, else by ticks of 10 ms. */
export function microsOf(pid) {
  const file = `/proc/${pid}/schedstat`;
  if (existsSync(file)) return Number(readFileSync(file, 'utf8').split(' ')[0]) / 1000;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

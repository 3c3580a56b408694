// Starting servers, loading them, and reading what they cost.
/* oxlint-disable no-await-in-loop -- a server is asked until it answers */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const STARTED = new Set();
const DEADLINE_MS = 10_000;
/** Of a clock tick in /proc, in µs: 100 a second on every Linux. */
const TICK_US = 10_000;

process.on('exit', () => {
  for (const child of STARTED) child.kill('SIGKILL');
});

/** What must be there, or how to get it. */
export function requireTools(...tools) {
  const missing = tools.filter((tool) => spawnSync('which', [tool]).status !== 0);
  if (missing.length === 0) return;
  process.stderr.write(`bench: needs ${missing.join(' and ')}: apt-get install ${missing.join(' ')}\n`);
  process.exit(1);
}

/** Starts a server on one CPU, and waits until it listens. */
export async function start(cpu, [command, ...args], port) {
  const child = spawn('taskset', ['-c', String(cpu), command, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  STARTED.add(child);
  const deadline = performance.now() + DEADLINE_MS;
  while (!(await listens(port))) {
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`${command} ${args[0]} does not listen`);
    await wait(20);
  }
  return child;
}

async function listens(port) {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

export async function stop(child) {
  STARTED.delete(child);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** CPU time that a process has used, user and system, in µs. */
export function cpuUs({ pid }) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

/** Loads a server with 64 connections: µs of its CPU a request, and requests a second. */
export function load(child, cpu, url, seconds) {
  const before = cpuUs(child);
  const words = [
    '-c',
    String(cpu),
    'wrk',
    '-t1',
    '-c64',
    `-d${seconds}s`,
    '-H',
    'X-API-Key: demo',
    '-H',
    'Accept: */*',
    url,
  ];
  const said = execFileSync('taskset', words, { encoding: 'utf8' });
  const requests = Number(/(\d+) requests in/.exec(said)?.[1] ?? 0);
  if (requests === 0 || /Non-2xx|Socket errors/.test(said)) throw new Error(`${url}: ${said}`);
  return { cpuUs: (cpuUs(child) - before) / requests, perSecond: requests / seconds };
}

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';

/** What a figure must be read with. */
export function machine() {
  const { model } = os.cpus()[0] ?? { model: 'unknown' };
  const memoryGib = Math.round(os.totalmem() / 2 ** 30);
  return {
    cpu: model.trim(),
    cpus: os.cpus().length,
    memoryGib,
    kernel: os.release(),
    node: process.version,
    load: os.loadavg()[0],
  };
}

/** Versions of the peers as installed: those that package.json names. */
export function versions() {
  const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
  const peers = Object.keys(read('../package.json').dependencies);
  return Object.fromEntries(peers.map((name) => [name, read(`../node_modules/${name}/package.json`).version]));
}

/** The CPU that every measurement is kept on: the last, which interrupts reach least. Undefined where it cannot be chosen. */
export function pinnedCpu() {
  const last = os.cpus().length - 1;
  return spawnSync('taskset', ['-c', String(last), 'true']).status === 0 ? last : undefined;
}

/** A command that runs on these CPUs alone ("0", "0-2"), where they were chosen. */
export function onCpus(cpus, command) {
  return cpus === undefined ? command : ['taskset', '-c', String(cpus), ...command];
}

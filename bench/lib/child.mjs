import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A measurement takes seconds; one that takes so long hangs. */
const MAX_MS = 180_000;

/**
 * Runs one file of `measure/` in a process of its own, on one CPU where that can be chosen.
 * @returns what it wrote to stdout, or `{ error }`
 */
export function measure(file, job, { cpu, flags = [] } = {}) {
  const path = fileURLToPath(new URL(`../measure/${file}.mjs`, import.meta.url));
  const command = [process.execPath, ...flags, path, JSON.stringify(job)];
  const [first, ...rest] = cpu === undefined ? command : ['taskset', '-c', String(cpu), ...command];
  const { status, stdout, stderr, error } = spawnSync(first, rest, { encoding: 'utf8', timeout: MAX_MS });
  return status === 0 ? JSON.parse(stdout) : { error: String(error ?? stderr).slice(-1000) };
}

/** The other side: what is to be measured, and the answer. Peers leave timers behind, so the process is ended. */
export async function answer(work) {
  const result = await work(JSON.parse(process.argv[2]));
  process.stdout.write(JSON.stringify(result), () => process.exit(0));
}

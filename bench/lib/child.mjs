import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onCpus } from './machine.mjs';

/** A measurement takes seconds; one that takes so long hangs. */
const MAX_MS = 180_000;

/**
 * Runs one file of `measure/` in a process of its own, on one CPU where that can be chosen.
 * @param built where the library stands that is measured, as an address; default: the copy of today's
 * @returns what it wrote to stdout, or `{ error }`
 */
export function measure(file, job, { cpu, flags = [], built } = {}) {
  const path = fileURLToPath(new URL(`../measure/${file}.mjs`, import.meta.url));
  const env = built === undefined ? process.env : { ...process.env, HEADGATE_BENCH_BUILT: built };
  const command = [process.execPath, ...flags, path, JSON.stringify(job)];
  const [first, ...rest] = onCpus(cpu, command);
  const { status, stdout, stderr, error } = spawnSync(first, rest, { encoding: 'utf8', timeout: MAX_MS, env });
  return status === 0 ? JSON.parse(stdout) : { error: String(error ?? stderr).slice(-1000) };
}

/** The other side: what is to be measured, and the answer. Peers leave timers behind, so the process is ended. */
export async function answer(work) {
  const result = await work(JSON.parse(process.argv[2]));
  process.stdout.write(JSON.stringify(result), () => process.exit(0));
}

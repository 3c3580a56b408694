import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mutant } from './mutants.ts';

const library = fileURLToPath(new URL('../../', import.meta.url));
/** Far more than any takes, on a machine with much else to do: one that runs into it was not found. */
export const TIMEOUT_MS = 150_000;

export interface Tried {
  readonly status: number | string | null | undefined;
  /** The claim, the trace, or the seed that failed. */
  readonly caughtBy: string;
  readonly trouble: string;
}

export async function copyTo(folder: string, paths: readonly string[]): Promise<void> {
  await Promise.all(paths.map((path) => cp(join(library, path), join(folder, path), { recursive: true })));
}

/** Runs a program of a copy, in a process of its own. */
export function kill(folder: string, program: string): Promise<Tried> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(folder, program)], { timeout: TIMEOUT_MS }, (error, stdout, stderr) => {
      resolve({
        status: error === null ? 0 : (error.code ?? 'stopped'),
        caughtBy: stdout,
        trouble: stderr.slice(0, 500),
      });
    });
  });
}

/** Puts the wrong into a copy; says how often what it replaces stood there. */
export async function mutate(folder: string, { file, from, to }: Mutant): Promise<number> {
  const path = join(folder, 'src', file);
  const text = await readFile(path, 'utf8');
  await writeFile(
    path,
    text.replace(from, () => to),
  );
  return text.split(from).length - 1;
}

import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MUTANTS, type Mutant } from './mutants.ts';

/*
 * Do the tests test? Each mutant is a copy of the sources with one small wrong in the engine, tried in a process of its
 * own by what the real store is tried with: the contract, and random traces.
 */

const library = fileURLToPath(new URL('../../', import.meta.url));
const COPIED = ['package.json', 'src/core', 'src/stores/memory', 'src/testing', 'test/mutants/kill.ts'];
/** A mutant that never ends is a mutant caught. */
const TIMEOUT_MS = 20_000;

interface Tried {
  readonly status: number | string | null | undefined;
  /** The claim, or the trace, that failed. */
  readonly caughtBy: string;
  readonly trouble: string;
}

let home = '';

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'headgate-mutants-'));
});

afterAll(() => rm(home, { recursive: true, force: true }));

async function copyTo(folder: string): Promise<void> {
  await Promise.all(COPIED.map((path) => cp(join(library, path), join(folder, path), { recursive: true })));
}

function kill(folder: string): Promise<Tried> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(folder, 'test/mutants/kill.ts')],
      { timeout: TIMEOUT_MS },
      (error, stdout, stderr) => {
        resolve({
          status: error === null ? 0 : (error.code ?? 'stopped'),
          caughtBy: stdout,
          trouble: stderr.slice(0, 500),
        });
      },
    );
  });
}

async function mutate(folder: string, { file, from, to }: Mutant): Promise<number> {
  const path = join(folder, 'src', file);
  const text = await readFile(path, 'utf8');
  await writeFile(
    path,
    text.replace(from, () => to),
  );
  return text.split(from).length - 1;
}

describe.concurrent('mutants of the engine', { timeout: 2 * TIMEOUT_MS }, () => {
  it('the engine itself passes what every mutant is tried with', async () => {
    const folder = join(home, 'itself');
    await copyTo(folder);
    expect(await kill(folder)).toEqual({ status: 0, caughtBy: '', trouble: '' });
  });

  it.each(MUTANTS.map((mutant, i) => ({ ...mutant, i })))('caught: $name', async (mutant) => {
    const folder = join(home, String(mutant.i));
    await copyTo(folder);
    expect(await mutate(folder, mutant), `${mutant.file} no longer says: ${mutant.from}`).toBeGreaterThan(0);
    const { status, caughtBy, trouble } = await kill(folder);
    // By a wrong answer, or because it never ends; not because it does not even start.
    expect([status === 'stopped' || caughtBy !== '', trouble]).toEqual([true, '']);
  });
});

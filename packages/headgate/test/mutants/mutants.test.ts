import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MUTANTS } from './mutants.ts';
import { copyTo, kill, mutate, TIMEOUT_MS } from './trying.ts';

/*
 * Do the tests test? Each mutant is a copy of the sources with one small wrong in the engine, tried in a process of its
 * own by what the real store is tried with: the contract, and random traces.
 */

const PROGRAM = 'test/mutants/kill.ts';
const COPIED = ['package.json', 'src/core', 'src/stores/memory', 'src/testing', PROGRAM];

let home = '';

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'headgate-mutants-'));
});

afterAll(() => rm(home, { recursive: true, force: true }));

describe.concurrent('mutants of the engine', { timeout: 2 * TIMEOUT_MS }, () => {
  it('the engine itself passes what every mutant is tried with', async () => {
    const folder = join(home, 'itself');
    await copyTo(folder, COPIED);
    expect(await kill(folder, PROGRAM)).toEqual({ status: 0, caughtBy: '', trouble: '' });
  });

  it.each(MUTANTS.map((mutant, i) => ({ ...mutant, i })))('caught: $name', async (mutant) => {
    const folder = join(home, String(mutant.i));
    await copyTo(folder, COPIED);
    expect(await mutate(folder, mutant), `${mutant.file} no longer says: ${mutant.from}`).toBeGreaterThan(0);
    const { status, caughtBy, trouble } = await kill(folder, PROGRAM);
    // By a wrong answer; not because it does not even start, nor because it never ends.
    expect([status, caughtBy !== '', trouble]).toEqual([1, true, '']);
  });
});

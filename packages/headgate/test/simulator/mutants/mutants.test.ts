import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MUTANTS } from '../../mutants/mutants.ts';
import { copyTo, kill, mutate, TIMEOUT_MS } from '../../mutants/trying.ts';

/* The engine's own mutants again: each must be found by the simulator alone, which knows no claim of the contract. */

const PROGRAM = 'test/simulator/mutants/kill.ts';
const COPIED = ['package.json', 'src/core', 'src/stores', 'src/testing', 'test/simulator', 'test/engine/book.ts'];

/** Of these, why: the contract of a store finds them. */
const UNSEEN: ReadonlyMap<string, string> = new Map([
  ['a quota is freed at the end of its period', 'its records are not let go while a clock is set back by a day'],
  ['a decay gives back what a reset has forgotten', 'no caller of the simulator gives back what was charged for good'],
]);

let home = '';

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'headgate-simulated-'));
});

afterAll(() => rm(home, { recursive: true, force: true }));

describe.concurrent('in the engine, the simulator finds', { timeout: 2 * TIMEOUT_MS }, () => {
  it.for(MUTANTS.map((mutant, i) => ({ ...mutant, i })))('$name', async (mutant, { annotate, skip }) => {
    const reason = UNSEEN.get(mutant.name);
    skip(reason !== undefined, reason);
    const folder = join(home, String(mutant.i));
    await copyTo(folder, COPIED);
    expect(await mutate(folder, mutant), `${mutant.file} no longer says: ${mutant.from}`).toBeGreaterThan(0);
    const { status, caughtBy, trouble } = await kill(folder, PROGRAM);
    expect([status === 'stopped' || /^seed \d+: /.test(caughtBy), trouble]).toEqual([true, '']);
    await annotate(caughtBy.split('\n', 1)[0] || 'it never ends');
  });
});

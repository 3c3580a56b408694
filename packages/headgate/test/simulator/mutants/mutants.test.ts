import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MUTANTS } from '../../mutants/mutants.ts';
import { copyTo, kill, mutate, TIMEOUT_MS } from '../../mutants/trying.ts';
import { KEPT_MUTANTS } from './kept-mutants.ts';

/* The engine's own mutants again, and some of the stores': each must be found by the simulator alone, which knows no claim of the contract. */

const PROGRAM = 'test/simulator/mutants/kill.ts';
const COPIED = ['package.json', 'src/core', 'src/stores', 'src/testing', 'test/simulator', 'test/engine/book.ts'];

let home = '';

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'headgate-simulated-'));
});

afterAll(() => rm(home, { recursive: true, force: true }));

describe.concurrent('in the engine and its stores, the simulator finds', { timeout: 2 * TIMEOUT_MS }, () => {
  it.for([...MUTANTS, ...KEPT_MUTANTS].map((mutant, i) => ({ ...mutant, i })))(
    '$name',
    async (mutant, { annotate }) => {
      const folder = join(home, String(mutant.i));
      await copyTo(folder, COPIED);
      expect(await mutate(folder, mutant), `${mutant.file} no longer says: ${mutant.from}`).toBeGreaterThan(0);
      const { caughtBy, trouble } = await kill(folder, PROGRAM);
      expect([caughtBy, trouble]).toEqual([expect.stringMatching(/^seed \d+: /), '']);
      await annotate(caughtBy.split('\n', 1)[0] ?? '');
    },
  );
});

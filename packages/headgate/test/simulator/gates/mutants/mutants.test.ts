import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyTo, kill, mutate, TIMEOUT_MS } from '../../../mutants/trying.ts';
import { GATE_MUTANTS } from './mutants.ts';

const PROGRAM = 'test/simulator/gates/mutants/kill.ts';
const COPIED = [
  'package.json',
  'src',
  'test/simulator',
  'test/engine/book.ts',
  'test/gate-of.ts',
  'test/held/ended.ts',
];
const packages = fileURLToPath(new URL('../../../../../../node_modules', import.meta.url));

let home = '';

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'headgate-gates-'));
  // A policy is read by what reads YAML. On Windows, only a junction needs no rights.
  await symlink(packages, join(home, 'node_modules'), 'junction');
});

afterAll(() => rm(home, { recursive: true, force: true }));

describe.concurrent('between requests and a store that fails, the simulator finds', { timeout: 2 * TIMEOUT_MS }, () => {
  it.for(GATE_MUTANTS.map((mutant, i) => ({ ...mutant, i })))('$name', async (mutant, { annotate }) => {
    const folder = join(home, String(mutant.i));
    await copyTo(folder, COPIED);
    expect(await mutate(folder, mutant), `${mutant.file} no longer says: ${mutant.from}`).toBe(1);
    const { caughtBy, trouble } = await kill(folder, PROGRAM);
    expect([caughtBy, trouble]).toEqual([expect.stringMatching(/^gates, seed \d+: /), '']);
    await annotate(caughtBy.split('\n', 1)[0] ?? '');
  });
});

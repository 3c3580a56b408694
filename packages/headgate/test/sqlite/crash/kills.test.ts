import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seeded } from '../../../src/testing/index.ts';
import { programFile } from '../program.ts';
import { wrongs } from './proof.ts';

const SOAK = process.env['HEADGATE_SOAK'] === '1';
const KILLS = SOAK ? 500 : 50;
/** Ends of one file, one after another, before the next begins anew. */
const A_FILE = 10;
/** At most so long is it under load before it is ended. */
const LOAD_MS = 40;
const STARTS_WITHIN_MS = 30_000;

const random = seeded(Number(process.env['HEADGATE_SEED'] ?? 20_250_101));
let folder = '';
let worker = '';

beforeAll(async () => {
  folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'headgate-kills-'));
  worker = await programFile('crash/worker.ts', folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Until it has asked its first question. */
async function underLoad(child: ChildProcess, log: string, before: number): Promise<void> {
  const deadlineMs = performance.now() + STARTS_WITHIN_MS;
  while ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) <= before) {
    if (performance.now() > deadlineMs || child.exitCode !== null) throw new Error('the worker does not work');
    await sleep(2);
  }
}

/** Starts a worker, and ends it as nobody can prepare for. */
async function kill(file: string, log: string, run: number): Promise<void> {
  const before = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  const durability = random.pick(['process', 'power']);
  const child = spawn(process.execPath, [worker, file, log, String(run), durability], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exit = once(child, 'exit');
  await underLoad(child, log, before);
  await sleep(random.int(0, LOAD_MS));
  child.kill('SIGKILL');
  expect(await exit).toEqual([null, 'SIGKILL']);
}

it(
  `of ${KILLS} processes ended at any moment under load, none loses what it answered, and nothing lives again`,
  { timeout: KILLS * 2000 },
  async () => {
    let answered = 0;
    for (let i = 0; i < KILLS; i += A_FILE) {
      const file = join(folder, `${i}.db`);
      const log = join(folder, `${i}.log`);
      for (let run = i; run < i + A_FILE; run++) {
        await kill(file, log, run);
        expect(await wrongs(file, readFileSync(log, 'utf8')), `run ${run}`).toEqual([]);
      }
      answered += readFileSync(log, 'utf8').split('"answered"').length - 1;
    }
    // A worker that is ended before it has done anything proves nothing.
    expect(answered).toBeGreaterThan(KILLS * 10);
  },
);

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sqliteStore } from '../../../src/stores/sqlite/index.ts';
import { SPENT, PLENTY } from '../crash/load.ts';
import { programFile } from '../program.ts';

/*
 * Nothing here stands in for the system: it is what refuses. A log is put in place of which Linux refuses the write, or the
 * way to the disk; a process is started that may write files of so many bytes, or have so many open.
 */

let folder = '';
let worker = '';
let small = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-faults-'));
  worker = await programFile('faults/worker.ts', folder, 'worker.mjs');
  small = await programFile('faults/small.ts', folder, 'small.mjs');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Worked {
  readonly before: readonly string[];
  readonly during: readonly string[];
  readonly after: readonly string[];
  readonly heldBefore: readonly number[];
  readonly heldAfter: readonly number[];
  readonly heldAtLast: readonly number[];
}

function run(command: string, ...words: string[]): unknown {
  const { stdout, stderr } = spawnSync(command, words, { encoding: 'utf8', timeout: 30_000, maxBuffer: 2 ** 28 });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Where everybody may have a file system of their own. Some machines allow it to nobody. */
const mounts = spawnSync('unshare', ['-Urm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
/** Linux alone tells which descriptor is whose. */
const tells = existsSync('/proc/self/fd');

describe.skipIf(!tells)('a log that', () => {
  it.each(['EIO', 'ENOSPC', 'fsync'])(
    'fails with %s: every answer is a fault, nothing of it counts, and it works again when the log does',
    (kind) => {
      const told = run(process.execPath, worker, join(folder, `${kind}.db`), kind) as Worked; // What it wrote.
      expect(new Set(told.before)).toEqual(new Set(['admitted']));
      expect(new Set(told.during)).toEqual(new Set(['ERR_STORE']));
      expect(told.heldAfter).toEqual(told.heldBefore);
      expect(new Set(told.after)).toEqual(new Set(['admitted']));
      // Twice as much was admitted by then, of every caller and of all.
      expect(told.heldAtLast).toEqual(told.heldBefore.map((units) => 2 * units));
    },
  );
});

interface Small {
  readonly told: Readonly<Record<string, number>>;
  readonly admitted: readonly string[];
  readonly opened: unknown;
  readonly copied: unknown;
}

/** How many of the keys that were let in are not in the file as charged once. */
async function missing(file: string, keys: readonly string[]): Promise<number> {
  const store = sqliteStore({ file });
  const peeks = keys.map((key) => store.apply({ op: 'peek', program: SPENT, keys: [key], costs: [0] }, 0));
  const wrong = (await Promise.all(peeks)).filter(({ figures }) => figures[0] !== PLENTY - 1).length;
  await store.close();
  return wrong;
}

describe.skipIf(process.platform === 'win32')('a process that', () => {
  it('may write no larger files admits what is kept, and answers everything else with a fault', async () => {
    const file = join(folder, 'bounded.db');
    const bounded = ['-c', 'ulimit -f 2048; exec "$0" "$@"', process.execPath, small, file, 'bytes'];
    const { told, admitted } = run('bash', ...bounded) as Small; // What it wrote.
    expect(Object.keys(told).toSorted()).toEqual(['ERR_STORE', 'admitted']);
    expect(admitted.length).toBe(told['admitted']);
    expect(admitted.length).toBeGreaterThan(1000);
    expect(await missing(file, admitted)).toBe(0);
  });

  it.skipIf(!mounts)('has filled its disk admits what is kept, and answers everything else with a fault', async () => {
    const kept = join(folder, 'kept');
    mkdirSync(join(folder, 'disk'));
    // A disk of its own, which is gone with the process; what is on it is copied away as the end left it.
    const script = `mount -t tmpfs -o size=1m tmpfs disk && "$0" "$1" disk/full.db disk; cp -r disk kept`;
    const { told, admitted } = run(
      'unshare',
      '-Urm',
      'sh',
      '-c',
      `cd '${folder}' && ${script}`,
      process.execPath,
      small,
    ) as Small; // What it wrote.
    expect(Object.keys(told).toSorted()).toEqual(['ERR_STORE', 'admitted']);
    expect(admitted.length).toBeGreaterThan(500);
    expect(await missing(join(kept, 'full.db'), admitted)).toBe(0);
  });

  it('may open no more files goes on, since it has what it needs, and is told what it cannot have', async () => {
    const file = join(folder, 'files.db');
    const bounded = ['-c', 'ulimit -n 100; exec "$0" "$@"', process.execPath, small, file, 'files'];
    const { told, admitted, opened, copied } = run('bash', ...bounded) as Small; // What it wrote.
    expect(Object.keys(told)).toEqual(['admitted']);
    expect([opened, copied]).toEqual(['ERR_STORE', 'ERR_STORE']);
    expect(await missing(file, admitted)).toBe(0);
  });
});

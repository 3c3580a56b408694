/*
 * Run by itself: has a store whose log stops working, and starts again. Says in one line of JSON what was told meanwhile, and what
 * the store held before, during and after.
 */
import { HeadgateError, type Outcome, type Step } from '../../../src/core/index.ts';
import { sqliteStore, type SqliteStore } from '../../../src/stores/sqlite/index.ts';
import { ALL, CALLERS, HELD, PLENTY } from '../crash/load.ts';
import { descriptorOf, swap } from './descriptor.ts';

/** Puts something in the place of the log on which nothing can be written, or kept. */
const BREAKS: Readonly<Record<string, (fd: number, log: string) => void>> = {
  // No write is allowed: as a disk that fails.
  EIO: (fd, log) => swap(fd, log, 'r'),
  // Every write fails for want of space.
  ENOSPC: (fd) => swap(fd, '/dev/full', 'r+'),
  // Writes are taken, but nothing can be brought to a disk.
  fsync: (fd) => swap(fd, '/dev/null', 'r+'),
};
const AT_ONCE = 8;
const ROUNDS = 3;
const DEADLINE_MS = 5000;

const [file = '', kind = ''] = process.argv.slice(2);
let asked = 0;

function step(op: Step['op'], caller: string): Step {
  const costs = op === 'decide' ? [1, 1, 1, 1] : [0, 0, 0, 0];
  return { op, program: HELD, keys: [caller, ALL], costs, reservationId: `r${asked++}` };
}

/** Asks of every caller, all at once; what each was told. */
function ask(store: SqliteStore): Promise<string[]> {
  return Promise.all(
    Array.from({ length: AT_ONCE }, (_, i) =>
      store.apply(step('decide', CALLERS[i % CALLERS.length]!), DEADLINE_MS).then(told, fault),
    ),
  );
}

const told = ({ allowed }: Outcome): string => (allowed ? 'admitted' : 'denied');
const fault = (error: unknown): string => (error instanceof HeadgateError ? error.code : String(error));

/** What counts now, by caller, and in the record of all. Nothing is written for it. */
async function held(store: SqliteStore): Promise<number[]> {
  const peeks = await Promise.all(CALLERS.map((caller) => store.apply(step('peek', caller), DEADLINE_MS)));
  return [
    ...peeks.map(({ figures }) => PLENTY - figures[0]!),
    PLENTY - peeks[0]!.figures[4]!,
    PLENTY - peeks[0]!.figures[6]!,
  ];
}

async function rounds(store: SqliteStore): Promise<string[]> {
  const all: string[] = [];
  for (let i = 0; i < ROUNDS; i++) all.push(...(await ask(store)));
  return all;
}

let store = sqliteStore({ file, durability: 'power' });
const before = await rounds(store);
const heldBefore = await held(store);
const log = descriptorOf(`${file}-wal`);
BREAKS[kind]!(log, `${file}-wal`);
const during = await rounds(store);
swap(log, `${file}-wal`, 'r+');
// What is read of /dev/full is zeros, which no full disk gives back: SQLite must forget that it saw them.
if (kind === 'ENOSPC') {
  await store.close();
  store = sqliteStore({ file, durability: 'power' });
}
const heldAfter = await held(store);
const after = await rounds(store);
await store.close();
const again = sqliteStore({ file });
const heldAtLast = await held(again);
process.stdout.write(JSON.stringify({ before, heldBefore, during, heldAfter, after, heldAtLast }));
process.exit(0);

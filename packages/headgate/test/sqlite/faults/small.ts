/*
 * Run by itself, under a bound on the size of any file, or on the number of those that are open: asks until the system refuses, and
 * a little longer. Says in one line of JSON what was told.
 */
import { HeadgateError } from '../../../src/core/index.ts';
import { sqliteStore } from '../../../src/stores/sqlite/index.ts';
import { SPENT } from '../crash/load.ts';
import { exhaust } from './descriptor.ts';

const AT_ONCE = 16;
/** Ticks until there must have been a refusal, where one is to come. */
const MOST = 3000;
const FEW = 100;
const MORE = 20;
const DEADLINE_MS = 5000;

const [file = '', bound = ''] = process.argv.slice(2);
const store = sqliteStore({ file });
const giveBack = bound === 'files' ? exhaust() : () => {};
const told = new Map<string, number>();
const admitted: string[] = [];
let asked = 0;

async function one(): Promise<void> {
  const key = `key ${asked++} ${'x'.repeat(100)}`;
  let answer = 'denied';
  try {
    const { allowed } = await store.apply({ op: 'decide', program: SPENT, keys: [key], costs: [1] }, DEADLINE_MS);
    if (allowed) admitted.push(key);
    if (allowed) answer = 'admitted';
  } catch (error) {
    answer = error instanceof HeadgateError ? error.code : String(error);
  }
  told.set(answer, (told.get(answer) ?? 0) + 1);
}

for (let left = bound === 'files' ? FEW : MOST, more = MORE; left > 0 && more > 0; left--) {
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  if (told.has('ERR_STORE')) more--;
}
const refusal = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error instanceof HeadgateError ? error.code : String(error);
  }
};
const opened = bound === 'files' ? refusal(() => sqliteStore({ file: `${file}.other` })) : undefined;
const copied =
  bound === 'files' ? await store.backup(`${file}.copy`).catch(({ code }: HeadgateError) => code) : undefined;
giveBack();
process.stdout.write(JSON.stringify({ told: Object.fromEntries(told), admitted, opened, copied }), () =>
  process.kill(process.pid, 'SIGKILL'),
);

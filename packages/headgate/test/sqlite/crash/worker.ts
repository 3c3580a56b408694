/*
 * Run by itself: asks a store as fast as it can, many at once, until somebody ends it. Before each question and after each
 * answer it writes a line to a log, which the system keeps whatever becomes of this process.
 */
import { openSync, writeSync } from 'node:fs';
import type { Step } from '../../../src/core/index.ts';
import { sqliteStore } from '../../../src/stores/sqlite/index.ts';
import { seeded } from '../../../src/testing/index.ts';
import { ALL, CALLERS, HELD, SPENT, type Noted } from './load.ts';

const AT_ONCE = 32;
const DEADLINE_MS = 5000;

const [file = '', log = '', run = '', durability = 'process'] = process.argv.slice(2);
const store = sqliteStore({ file, durability: durability === 'power' ? 'power' : 'process' });
const lines = openSync(log, 'a');
const random = seeded(Number(run));
let asked = 0;

async function ask(noted: Omit<Noted, 'when'>, step: Step): Promise<void> {
  note({ ...noted, when: 'asked' });
  await store.apply(step, DEADLINE_MS);
  note({ ...noted, when: 'answered' });
}

function note(noted: Noted): void {
  writeSync(lines, `${JSON.stringify(noted)}\n`);
}

async function hold(caller: string, id: string): Promise<void> {
  const step = { program: HELD, keys: [caller, ALL], costs: [1, 1, 1, 1], reservationId: id };
  await ask({ what: 'hold', caller, id }, { op: 'decide', ...step });
  if (random.chance(0.5)) await ask({ what: 'cancel', caller, id }, { op: 'cancel', ...step });
}

function spend(caller: string, id: string): Promise<void> {
  const step: Step = { op: 'decide', program: SPENT, keys: [caller], costs: [1], requestId: id };
  return ask({ what: 'spend', caller, id }, step);
}

async function client(): Promise<never> {
  for (;;) {
    const id = `${run}-${asked++}`;
    const caller = random.pick(CALLERS);
    await (random.chance(0.5) ? hold(caller, id) : spend(caller, id));
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, client));

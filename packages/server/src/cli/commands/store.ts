import { existsSync } from 'node:fs';
import { HeadgateError } from 'headgate';
import { sqliteStore, type SqliteStore } from 'headgate/sqlite';
import { Failure } from '../failure.ts';
import { readPolicy, type Policy } from '../policy-file.ts';
import { readAsked, type Asked } from '../store/asked.ts';
import { askOf, countersOf, ofLimit, type Counted } from '../store/standing.ts';
import { table } from '../table.ts';

/** `headgate store`: what a file holds, and an operator's corrections of it. */
export async function store(words: readonly string[]): Promise<number> {
  const asked = readAsked(words);
  const policy = asked.policy === undefined ? undefined : readPolicy(asked.policy);
  const opened = open(asked.file);
  try {
    process.stdout.write(`${policy === undefined ? figures(opened) : carryOut(opened, policy, asked)}\n`);
    return 0;
  } catch (error) {
    throw error instanceof HeadgateError ? new Failure(1, error.message) : error;
  } finally {
    await opened.close();
  }
}

/** A store that is not there is not made: whoever asks after it has mistyped its name. */
function open(file: string): SqliteStore {
  if (!existsSync(file)) throw new Failure(1, `cannot open ${file}: there is no such file`);
  try {
    return sqliteStore({ file });
  } catch (error) {
    throw error instanceof HeadgateError ? new Failure(1, error.message) : error;
  }
}

function figures(opened: SqliteStore): string {
  const { records, memos, fileBytes, logBytes } = opened.stats();
  return table(
    ['what', 'how much'],
    [
      ['records', `${records}`],
      ['reservations and request ids', `${opened.remembered()}`],
      ['memos of what is held', `${memos}`],
      ['bytes', `${fileBytes + logBytes}`],
    ],
  );
}

function carryOut(opened: SqliteStore, policy: Policy, asked: Asked): string {
  const counters = countersOf(opened.sync, policy, asked);
  const { verb, limit = '', by } = asked;
  if (verb === 'info') return standing(counters);
  const own = ofLimit(counters, policy, limit);
  if (verb === 'adjust' && own.length > 1)
    throw new Failure(1, `"${limit}" counts each operation apart: give --operation`);
  for (const one of own) askOf(opened.sync, verb, one, verb === 'adjust' ? by : 0);
  return standing(countersOf(opened.sync, policy, asked).filter(({ name }) => name === limit));
}

function standing(counters: readonly Counted[]): string {
  const apart = new Set(counters.map(({ name }) => name)).size < counters.length;
  const rows = counters.map(({ name, operation, remaining, amount, unit, resetInMs }) => [
    name,
    ...(apart ? [operation] : []),
    `${remaining}`,
    `${amount}`,
    unit,
    resetInMs === undefined ? '' : `in ${Math.ceil(resetInMs / 1000)} s`,
  ]);
  return table(['limit', ...(apart ? ['operation'] : []), 'remaining', 'amount', 'unit', 'begins anew'], rows);
}

import { copyFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { Ticks } from '../../src/stores/sqlite/ticks.ts';
import { Asker, manualClock, programOf } from '../../src/testing/index.ts';
import { DiskRows } from '../simulator/disk-rows.ts';
import { Tables } from '../simulator/tables.ts';
import { freshFile, open } from './files.ts';

const LEVEL = programOf({ kind: 'level', amount: 9 });
const LIFETIME_MS = 60_000;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('memos in a file', () => {
  it('are found by the process that comes next, whether the one before it was closed or killed', async () => {
    const [file, copy] = [freshFile(), freshFile()];
    const first = open({ file });
    for (const name of ['kept', 'taken']) void first.memos.put(name, `text of ${name}`, LIFETIME_MS, 0);
    await turn();
    void first.memos.take('taken', 0);
    await turn();
    // As a process leaves them that is killed.
    for (const part of ['', '-wal']) copyFileSync(file + part, copy + part);
    await first.close();
    for (const next of [open({ file }), open({ file: copy })]) {
      expect(['kept', 'taken'].map((name) => next.memos.read(name, 0))).toEqual(['text of kept', undefined]);
      expect(next.stats().memos).toBe(1);
    }
  });

  it('that a tick could not write are written by the next one', async () => {
    const tables = new Tables();
    let fails = false;
    const commit = (): void => {
      if (fails) throw new Error('EIO');
    };
    const rows = new DiskRows({ read: () => undefined, write: () => undefined, commit }, tables);
    const ticks = new Ticks({
      rows,
      clock: manualClock(),
      file: 'failing',
      maxInMemory: 9,
      maxRecords: 9,
      later: setImmediate,
    });
    fails = true;
    ticks.memos.put('n', 'text', LIFETIME_MS);
    await turn();
    expect([ticks.memos.read('n'), tables.memos.size]).toEqual(['text', 0]);
    fails = false;
    ticks.memos.put('m', 'text', LIFETIME_MS);
    await turn();
    expect([ticks.memos.read('n'), tables.memos.size]).toEqual(['text', 2]);
  });

  it('come to a file of the first format, and what it counted stays', async () => {
    const file = freshFile();
    const before = open({ file });
    await new Asker(before, manualClock()).decide(LEVEL);
    await before.close();
    const db = new Database(file);
    db.exec(`DROP TABLE memo; DELETE FROM about WHERE name = 'memos'; PRAGMA user_version = 1`);
    db.close();
    const after = open({ file });
    expect([after.memos.put('n', 'text', LIFETIME_MS, 0), after.memos.read('n', 0)]).toEqual([undefined, 'text']);
    expect((await new Asker(after, manualClock()).peek(LEVEL)).figures[0]).toBe(8);
  });

  it('that are over are removed as others come: as many stay as hold', async () => {
    const clock = manualClock();
    const store = open({ clock });
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < 100; i++) void store.memos.put(`${round} ${i}`, 'text', 1000, 0);
      // oxlint-disable-next-line no-await-in-loop -- a tick ends with its turn
      await turn();
      clock.advance(1000);
    }
    expect(store.stats().memos).toBeLessThanOrEqual(200);
  });
});

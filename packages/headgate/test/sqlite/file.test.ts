import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { HeadgateError } from '../../src/core/index.ts';
import { Asker, manualClock, programOf } from '../../src/testing/index.ts';
import { quotaOf, Restartable } from './asker.ts';
import { freshFile, open } from './files.ts';

const LEVEL = programOf({ kind: 'level', amount: 1_000_000 });

/** What opening a file is refused with. */
function refusal(file: string): string {
  try {
    open({ file });
  } catch (error) {
    if (error instanceof HeadgateError) return error.message;
    throw error;
  }
  return 'opened';
}

describe('a file', () => {
  it('has one owner: whoever comes second is told who it is, and may have it afterwards', async () => {
    const at = new Restartable();
    await at.asker.decide(LEVEL);
    expect(refusal(at.file)).toMatch(
      `ERR_STORE_OWNED: ${at.file}: expected to be its only owner, but it is in use by process ${process.pid} on ${hostname()}, since 20`,
    );
    // The refusal has taken nothing from its owner.
    expect((await at.asker.decide(LEVEL)).figures[0]).toBe(999_998);
    await at.restart();
    expect((await at.asker.peek(LEVEL)).figures[0]).toBe(999_998);
  });

  it('is refused to another process too, and to one that only reads', () => {
    const { file } = new Restartable();
    const words = [
      '-e',
      `new (require('better-sqlite3'))(process.argv[1], { timeout: 0, readonly: true }).prepare('SELECT * FROM record').all()`,
      file,
    ];
    const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', cwd: import.meta.dirname });
    expect([status, stderr]).toEqual([1, expect.stringContaining('SQLITE_BUSY')]);
  });

  it('of a later release is refused, by what it is and what this one knows', async () => {
    const at = new Restartable();
    await at.store.close();
    const db = new Database(at.file);
    db.pragma('user_version = 99');
    db.close();
    expect(refusal(at.file)).toBe(
      `ERR_STORE_FORMAT: ${at.file}: expected format 3 or older, got format 99: a later release wrote it, and only that, or a later one, can use it`,
    );
  });

  it('of another program is refused, and not touched', () => {
    const file = freshFile();
    const db = new Database(file);
    db.exec('CREATE TABLE theirs (a)');
    db.close();
    expect(refusal(file)).toBe(
      `ERR_STORE_FORMAT: ${file}: expected a store of Headgate, got another program's database`,
    );
    writeFileSync(file, 'no database at all, but long enough to be read as the head of one '.repeat(20));
    expect(refusal(file)).toMatch(/^ERR_STORE_FORMAT: .*: expected a store of Headgate, got SQLITE_NOTADB/);
  });

  it('that cannot be made is a fault that says why', () => {
    const file = join(dirname(freshFile()), 'no such folder', 'store.db');
    expect(refusal(file)).toMatch(/^ERR_STORE: .*: expected a file that can be opened and written, got .*directory/);
  });

  it('leaves nothing beside it once it is closed', async () => {
    const at = new Restartable();
    await at.asker.decide(LEVEL);
    expect(existsSync(`${at.file}-owner`)).toBe(true);
    await at.store.close();
    expect(['-owner', '-wal', '-shm'].filter((end) => existsSync(at.file + end))).toEqual([]);
  });

  it('answers nobody once it is closed, and has answered everybody who asked before', async () => {
    const at = new Restartable();
    const asked = at.asker.decide(LEVEL);
    await Promise.all([at.store.close(), at.store.close()]);
    expect((await asked).allowed).toBe(true);
    expect(await at.asker.fault('decide', LEVEL)).toBe('ERR_STORE_CLOSED');
    expect(() => at.store.sync.apply({ op: 'decide', program: LEVEL, keys: ['k'], costs: [1] })).toThrow(
      /ERR_STORE_CLOSED/,
    );
  });

  it('can be copied while it is used: the copy is a store of what was committed', async () => {
    const at = new Restartable();
    const copy = `${at.file}.copy`;
    for (let i = 0; i < 3000; i++) at.store.sync.apply({ op: 'decide', program: LEVEL, keys: [`k${i}`], costs: [1] });
    const backup = at.store.backup(copy);
    for (let i = 0; i < 200; i++) await at.asker.decide(LEVEL, { key: `later ${i}` });
    await backup;
    await at.asker.decide(LEVEL, { key: 'k0' });
    const other = open({ file: copy });
    expect(other.stats().records).toBeGreaterThanOrEqual(3000);
    expect((await new Asker(other, at.clock).peek(LEVEL, { key: 'k0' })).figures[0]).toBe(999_999);
    await expect(at.store.backup(join(copy, 'nowhere'))).rejects.toThrow(/ERR_STORE/);
  });

  it('is not copied over one that is in use, or over itself, and says so', async () => {
    const at = new Restartable();
    await at.asker.decide(LEVEL);
    const other = new Restartable();
    for (const file of [other.file, at.file])
      await expect(at.store.backup(file)).rejects.toThrow(/ERR_STORE: .* got a file that another has open/);
    await at.restart();
    expect((await at.asker.peek(LEVEL)).figures[0]).toBe(999_999);
  });

  it('is found as it was by a process that opens the copy of its file and log', async () => {
    const at = new Restartable();
    await at.asker.decide(LEVEL, { cost: 7 });
    const copy = freshFile();
    for (const end of ['', '-wal']) copyFileSync(at.file + end, copy + end);
    expect((await new Asker(open({ file: copy }), at.clock).peek(LEVEL)).figures[0]).toBe(999_993);
  });

  it('is told what it holds', async () => {
    const at = new Restartable();
    const held = programOf({ kind: 'concurrency', amount: 10, holdMs: 1000, limitId: 2 });
    for (const reservationId of ['a', 'b']) await at.asker.decide(held, { reservationId });
    await at.asker.decide(LEVEL, { key: 'other' });
    const { records, inMemory, fileBytes, logBytes } = at.store.stats();
    expect([records, at.store.remembered(), inMemory]).toEqual([2, 2, 2]);
    expect(fileBytes + logBytes).toBeGreaterThan(1024);
  });

  it('refuses a bound that is none', () => {
    for (const maxInMemory of [0, -1, 0.5, NaN, Infinity])
      for (const name of ['maxInMemory', 'maxRecords'])
        expect(() => open({ [name]: maxInMemory })).toThrow(
          `ERR_LIMIT: sqliteStore.${name}: expected a whole number from 1`,
        );
  });
});

describe('a file that is asked of many keys', () => {
  it('forgets what is over as fast as new keys come, and keeps what is not', async () => {
    const clock = manualClock();
    const store = open({ clock, maxInMemory: 100 });
    const brief = programOf({ kind: 'concurrency', amount: 5, holdMs: 1000 });
    const quota = programOf({ ...quotaOf(clock, 5), limitId: 2 });
    const asker = new Asker(store, clock);
    await asker.decide(quota, { key: 'kept', cost: 3 });
    for (let i = 0; i < 6000; i += 100) {
      clock.advance(50);
      const ask = (k: number) => asker.decide(brief, { key: `${i + k}`, reservationId: 'r', requestId: 'q' });
      await asker.atOnce(100, ask);
    }
    // All are known by their request ids for a minute.
    expect(store.stats().records).toBe(6001);
    clock.advance(61_000);
    for (let i = 0; i < 3000; i += 100) {
      clock.advance(50);
      await asker.atOnce(100, (k) => asker.decide(brief, { key: `late ${i + k}`, reservationId: 'r' }));
    }
    const { records, inMemory } = store.stats();
    // Three thousand came, and of six thousand nothing is left.
    expect(records).toBeLessThan(3100);
    expect(store.remembered()).toBeLessThan(3100);
    expect(inMemory).toBeLessThanOrEqual(300);
    expect((await asker.peek(quota, { key: 'kept' })).figures[0]).toBe(2);
  });

  it('that is full lets fresh keys share: nobody gains by spraying keys, across a restart too, and later each has its own again', async () => {
    const at = new Restartable({ maxRecords: 100 });
    const program = programOf({ kind: 'concurrency', amount: 3, holdMs: 60_000 });
    const admitted = async (key: string): Promise<number> => {
      const asked = await at.asker.atOnce(5, (i) =>
        at.asker.fault('decide', program, { key, reservationId: `${key} ${i}` }),
      );
      expect(new Set(asked)).toEqual(new Set(['no fault']));
      return 3 - (await at.asker.peek(program, { key })).figures[0]!;
    };
    expect(await admitted('own')).toBe(3);
    const spray = async (name: string, count: number): Promise<number> =>
      (
        await at.asker.atOnce(count, (i) =>
          at.asker.decide(program, { key: `${name} ${i}`, reservationId: `${name} ${i}` }),
        )
      ).filter(({ allowed }) => allowed).length;
    expect(await spray('first', 99)).toBe(99);
    let shared = 0;
    for (let round = 0; round < 5; round++) shared += await spray(`more ${round}`, 200);
    expect(at.store.stats().records).toBeLessThanOrEqual(100 + 64);
    expect(at.store.stats().overflowed).toBeGreaterThan(900);
    // Which key shares with which is drawn by chance: nearly all of 64 places of three is taken, and never more than all.
    expect(shared).toBeGreaterThan(150);
    await at.restart();
    expect(shared + (await spray('later', 100))).toBeLessThanOrEqual(64 * 3);
    expect((await at.asker.peek(program, { key: 'own' })).figures[0]).toBe(0);
    at.clock.advance(60_000);
    await spray('room', 200);
    at.clock.advance(60_000);
    await spray('room', 60);
    for (const key of ['x', 'y', 'z']) expect(await admitted(key)).toBe(3);
  });

  it('gives the space of what is over to what comes: it does not grow for ever', async () => {
    const clock = manualClock();
    const store = open({ clock });
    const asker = new Asker(store, clock);
    const brief = programOf({ kind: 'concurrency', amount: 5, holdMs: 1000 });
    const sizes: number[] = [];
    for (let round = 0; round < 16; round++) {
      for (let i = 0; i < 1000; i += 100) {
        clock.advance(100);
        await asker.atOnce(100, (k) => asker.decide(brief, { key: `${round} ${i + k}`, reservationId: 'r' }));
      }
      sizes.push(store.stats().fileBytes);
    }
    // It is full of them once the log has been brought into it for the first time.
    const first = sizes.find((bytes) => bytes > 100_000) ?? NaN;
    expect(sizes.at(-1)).toBeLessThan(first * 1.3);
    expect(store.stats().logBytes).toBeLessThan(8_000_000);
  });

  it('writes one permit more with one small row, however many a record holds', async () => {
    const at = new Restartable();
    const program = programOf({ kind: 'concurrency', amount: 100_000, holdMs: 60_000 });
    for (let i = 0; i < 20_000; i += 1000)
      await at.asker.atOnce(1000, (k) => at.asker.decide(program, { reservationId: `r${i + k}` }));
    await at.restart();
    const before = at.store.stats().logBytes;
    await at.asker.decide(program, { reservationId: 'one more' });
    await at.asker.ask('cancel', program, { reservationId: 'r77' });
    expect(at.store.stats().logBytes - before).toBeLessThan(40_000);
    expect((await at.asker.peek(program)).figures[0]).toBe(80_000);
  });
});

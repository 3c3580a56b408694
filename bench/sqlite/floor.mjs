// What a store in a file costs at least: one row a key is read, three windows in it are judged, and it is written; a turn of the loop is one
// commit. It checks no input, and says only yes or no.
import Database from 'better-sqlite3';

/** Of a day, an hour and ten seconds: a count and an end each. */
const WINDOWS_MS = [86_400_000, 3_600_000, 10_000];
const LIMITS = [1e12, 1e12, 1e12];

export function floor(file, durability) {
  const db = new Database(file);
  db.pragma('locking_mode = EXCLUSIVE');
  db.pragma('journal_mode = WAL');
  db.pragma(`synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'}`);
  db.exec('CREATE TABLE row (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID');
  const get = db.prepare('SELECT value FROM row WHERE key = ?').pluck();
  const put = db.prepare('INSERT INTO row VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value');
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  let waiting = [];

  function end() {
    commit.run();
    const answered = waiting;
    waiting = [];
    for (const answer of answered) answer();
  }

  function decide(key) {
    const now = Date.now();
    const value = get.get(key) ?? Buffer.alloc(48);
    let allowed = true;
    for (let i = 0; i < 3; i++) {
      if (value.readDoubleLE(i * 16 + 8) <= now) {
        value.writeDoubleLE(0, i * 16);
        value.writeDoubleLE(now + WINDOWS_MS[i], i * 16 + 8);
      }
      if (value.readDoubleLE(i * 16) + 1 > LIMITS[i]) allowed = false;
    }
    if (!allowed) return false;
    for (let i = 0; i < 3; i++) value.writeDoubleLE(value.readDoubleLE(i * 16) + 1, i * 16);
    put.run(key, value);
    return true;
  }

  return {
    ask(key) {
      if (waiting.length === 0) {
        begin.run();
        setImmediate(end);
      }
      const allowed = decide(key);
      return new Promise((resolve) => waiting.push(() => resolve(allowed)));
    },
    close: () => db.close(),
  };
}

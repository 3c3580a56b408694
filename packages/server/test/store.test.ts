import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from 'headgate';
import { createPlanner } from 'headgate/http';
import { sqliteStore } from 'headgate/sqlite';
import { file, folder, run } from './cli-support.ts';
import { readPolicy } from '../src/cli/policy-file.ts';

const POLICY = file(
  'studio.yaml',
  `
headgate: 1
identify: { key: { header: X-API-Key, find: any } }
operations: { upload: { match: POST /files }, list: { match: GET /files } }
limits:
  files: { unit: files, quota: 15/month, per: key, on: upload }
  days: { quota: 100/day, per: [key, operation] }
  calls: { rate: 10/minute, per: key }
`,
);
let made = 0;

/** A file in which `k_1` has used some of each limit: 4 files, 4 uploads, 2 lists. */
async function used(): Promise<string> {
  const path = join(folder, `store ${made++}.db`);
  const store = sqliteStore({ file: path });
  const policy = readPolicy(POLICY);
  const planner = createPlanner(policy);
  for (const [index, name, times] of [
    [0, 'upload', 4],
    [1, 'list', 2],
  ] as const) {
    for (let i = 0; i < times; i++) {
      const request = { method: 'POST', path: '/files', query: {}, headers: {}, bytes: 0 };
      const subject = { auth: 'key', address: '203.0.113.1', key: 'k_1' };
      const nowMs = systemClock().wallMs();
      const { program, keys, costs } = planner.plan({ subject, operation: { index, name, path: {} }, request, nowMs });
      expect(store.sync.apply({ op: 'decide', program, keys, costs }).allowed).toBe(true);
    }
  }
  await store.close();
  return path;
}

const OF = ['--policy', POLICY, '--subject', 'key=k_1'];
/** `name  operation  remaining`, whatever else a row says. */
const left = (stdout: string): string[] =>
  stdout
    .split('\n')
    .slice(2, -1)
    .map((line) => /^.*?\d+/.exec(line)?.[0].replace(/ +/g, ' ') ?? line);

describe('headgate store', () => {
  it('says what a file holds, and how one subject stands', async () => {
    const path = await used();
    const whole = await run('store', 'info', path);
    expect([whole.code, whole.stderr]).toEqual([0, '']);
    expect(whole.stdout).toMatch(/^records +1$/m);
    const { code, stdout, stderr } = await run('store', 'info', path, ...OF);
    expect([code, stderr]).toEqual([0, '']);
    expect(left(stdout)).toEqual(['files upload 11', 'days upload 96', 'calls upload 10', 'days list 98', 'days 100']);
    expect(
      left(
        (await run('store', 'info', path, '--policy', POLICY, '--subject', 'key=k_2', '--operation', 'list')).stdout,
      ),
    ).toEqual(['days 100', 'calls 10']);
  });

  it('corrects a quota by what an operator says, up and down, and keeps it', async () => {
    const path = await used();
    const down = await run('store', 'adjust', path, ...OF, '--limit', 'files', '--by=-3');
    expect([down.code, left(down.stdout)]).toEqual([0, ['files 14']]);
    expect(left((await run('store', 'adjust', path, ...OF, '--limit', 'files', '--by', '10')).stdout)).toEqual([
      'files 4',
    ]);
    expect(left((await run('store', 'info', path, ...OF, '--operation', 'upload')).stdout)).toEqual([
      'files 4',
      'days 96',
      'calls 10',
    ]);
  });

  it('empties what a limit counts', async () => {
    const path = await used();
    const { code, stdout } = await run('store', 'reset', path, ...OF, '--limit', 'files');
    expect([code, left(stdout)]).toEqual([0, ['files 15']]);
  });

  it.each([
    [['store'], 2, 'expected one of info, reset, adjust, got nothing'],
    [['store', 'inof', 'x.db'], 2, 'expected one of info, reset, adjust, got "inof"'],
    [['store', 'info'], 2, 'which store? Give its file'],
    [['store', 'info', 'no such.db'], 1, 'cannot open no such.db: there is no such file'],
    [['store', 'info', POLICY], 1, 'expected a store of Headgate'],
    [['store', 'reset', 'x.db'], 2, 'reset: give --policy too'],
    [['store', 'adjust', 'x.db', ...OF, '--limit', 'files'], 2, 'adjust: give --by too'],
    [
      ['store', 'adjust', 'x.db', ...OF, '--limit', 'files', '--by', 'five'],
      2,
      '--by: expected whole units, such as 5 or -5 (as --by=-5), got "five"',
    ],
    [
      ['store', 'info', 'x.db', '--policy', POLICY, '--subject', 'k_1'],
      2,
      '--subject: expected <name>=<value>, such as key=k_1, got "k_1"',
    ],
  ])('%j is refused', async (words, code, why) => {
    const ran = await run(...words);
    expect([ran.code, ran.stdout]).toEqual([code, '']);
    expect(ran.stderr).toContain(why);
  });

  it('says which limits there are, and what a limit cannot be asked', async () => {
    const path = await used();
    const refused = async (...words: string[]): Promise<string> => (await run('store', ...words)).stderr;
    expect(await refused('reset', path, ...OF, '--limit', 'file')).toBe(
      'headgate: there is no limit "file"; did you mean "files"?\n',
    );
    expect(await refused('adjust', path, ...OF, '--limit', 'days', '--by', '1')).toBe(
      'headgate: "days" counts each operation apart: give --operation\n',
    );
    expect(await refused('adjust', path, ...OF, '--limit', 'calls', '--by', '1')).toMatch(
      /ERR_VERB: adjust: costs\[0\]: expected a level or a quota, got a sliding/,
    );
    expect(await refused('info', path, ...OF, '--operation', 'lisst')).toMatch(
      /there is no operation "lisst"; did you mean "list"/,
    );
  });

  it('is refused while somebody has the file open, and says who', async () => {
    const path = await used();
    const store = sqliteStore({ file: path });
    expect((await run('store', 'info', path)).stderr).toMatch(`is in use by process ${process.pid} on `);
    await store.close();
  });
});

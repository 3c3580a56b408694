import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { file, folder, run, VETIGEN } from './cli-support.ts';
import { ask, containing, matching, policyText, until } from './support.ts';

const TIERS = file(
  'tiers.yaml',
  `
headgate: 1
name: Tiers
identify: { key: { header: X-API-Key, find: any } }
derive: { plan: '"FREE"' }
plans: [FREE, PRO]
limits:
  calls: { label: API requests, rate: { FREE: 10/minute, PRO: 100/minute }, algorithm: fixed, per: key }
  files: { label: Files a month, unit: files, quota: { FREE: 15/month, PRO: unlimited }, per: key }
`,
);
const BROKEN = file(
  'broken.yaml',
  'headgate: 1\nidentify: { key: { header: X-API-Key, find: any } }\nlimits:\n  burst: { rate: 50/10 parsecs, per: key }\n  other: { rat: 5/minute, per: key }\n',
);

describe('headgate', () => {
  it('says how it is used, and which version it is', async () => {
    expect(await run('--help')).toMatchObject({
      code: 0,
      stderr: '',
      stdout: containing('headgate serve <policy> --upstream <url>'),
    });
    expect(await run('serve', '--help')).toMatchObject({
      code: 0,
      stderr: '',
      stdout: containing('--drain'),
    });
    expect(await run('--version')).toMatchObject({
      code: 0,
      stderr: '',
      stdout: matching(/^\d+\.\d+\.\d+\n$/),
    });
  });

  it.each([
    [[], 'which command?'],
    [['sevre'], 'there is no command "sevre"; did you mean "serve"?'],
    [['check'], 'which policy? Give its file'],
    [['check', 'a', 'b'], '"b" is one word too many'],
    [['check', VETIGEN, '--agianst', 'x'], 'there is no option --agianst; did you mean --against?'],
    [['check', VETIGEN, '--against'], "Option '--against <value>' argument missing"],
    [['limits', VETIGEN, '-x'], 'there is no option -x'],
    [['serve', VETIGEN, '--upstream', 'http://a', '--node', 'n'], '--node: give --redis too'],
    [['serve', VETIGEN], 'which API? Give --upstream <url>'],
    [
      ['serve', VETIGEN, '--upstream', 'localhost:80'],
      '--upstream: expected a URL such as http://127.0.0.1:3000, got "localhost:80"',
    ],
    [['serve', VETIGEN, '--upstream', 'http://a', '--listen', 'nowhere'], '--listen: expected host:port'],
    [['serve', VETIGEN, '--upstream', 'http://a', '--listen', '127.0.0.1:70000'], '--listen: expected host:port'],
    [
      ['serve', VETIGEN, '--upstream', 'http://a', '--drain', 'soon'],
      '--drain: expected a duration such as 10s, got "soon"',
    ],
  ])('exits 2 and says how it is used when asked wrongly: %j', async (words, message) => {
    const { code, stdout, stderr } = await run(...words);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.split('\n')[0]).toContain(`headgate: ${message}`);
    expect(stderr).toContain('Usage:');
  });
});

describe('headgate check', () => {
  it('reads the tables that a policy names beside it', async () => {
    file('prices.csv', '/search,10\n');
    const priced = file(
      'priced.yaml',
      `headgate: 1\nidentify: { key: { header: X-API-Key, find: any } }\ntables: { prices: { file: prices.csv } }\nlimits: { points: { rate: 100/minute, per: key, cost: 'lookup("prices", [request.path], 1)' } }\n`,
    );
    expect(await run('check', priced)).toEqual({ code: 0, stdout: 'ok: API: 1 limit\n', stderr: '' });
  });

  it('exits 0 and sums up a sound policy', async () => {
    expect(await run('check', VETIGEN)).toEqual({ code: 0, stdout: 'ok: Vetigen API: 3 limits\n', stderr: '' });
  });

  it('exits 1 with every problem at its place, as a compiler would', async () => {
    const { code, stdout, stderr } = await run('check', BROKEN);
    expect([code, stdout]).toEqual([1, '']);
    const lines = stderr.trimEnd().split('\n');
    expect(
      lines.filter((line) => line.startsWith(`${BROKEN}:4:`) && line.includes(': error: limits.burst.rate: ')),
    ).toHaveLength(1);
    expect(lines.some((line) => line.startsWith(`${BROKEN}:5:`))).toBe(true);
    expect(lines.at(-1)).toMatch(/^\d+ errors$/);
    expect(
      lines.slice(0, -1).every((line) => /\[(ERR|WARN)_POLICY\w*\]$/.test(line) || /\[WARN_\w+\]$/.test(line)),
    ).toBe(true);
  });

  it('says where a text stops being YAML', async () => {
    const torn = file('torn.yaml', 'headgate: 1\nname: "never closed\nlimits: {}\n');
    expect((await run('check', torn)).stderr).toMatch(
      /torn\.yaml:\d+:\d+: error: .* \[ERR_POLICY_SYNTAX\]\n1 error\n$/,
    );
  });

  it.skipIf(process.platform === 'win32')('reads no more of an endless file than a policy may have', async () => {
    expect(await run('check', '/dev/zero')).toMatchObject({ code: 1, stderr: containing('it has more than') });
  });

  it('says what a change does to what was counted', async () => {
    const changed = file(
      'changed.yaml',
      policyText('vetigen.yaml')
        .replace('1000/hour', '2000/hour')
        .replace('50/10s', '50/20s')
        .replace(/^ {2}endpoint: .*\n/m, ''),
    );
    const { code, stdout } = await run('check', changed, '--against', VETIGEN);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^key +kept /m);
    expect(stdout).toMatch(/^burst +fresh /m);
    expect(stdout).toMatch(/^endpoint +dropped /m);
  });

  it('exits 1 with one line for a file that cannot be read', async () => {
    expect(await run('check', join(folder, 'none.yaml'))).toEqual({
      code: 1,
      stdout: '',
      stderr: `headgate: cannot read ${join(folder, 'none.yaml')}: there is no such file\n`,
    });
    expect(await run('check', folder)).toMatchObject({
      code: 1,
      stderr: `headgate: cannot read ${folder}: it is a directory\n`,
    });
    expect(await run('check', VETIGEN, '--against', join(folder, 'none.yaml'))).toMatchObject({
      code: 1,
      stderr: containing('there is no such file'),
    });
  });
});

describe('headgate limits', () => {
  it('prints the limits as a table, labels and all', async () => {
    const { code, stdout } = await run('limits', VETIGEN);
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.split(/\s{2,}/))).toEqual([
      ['limit', 'label', 'amount', 'kind', 'per'],
      expect.anything(),
      ['key', 'Per API key', '1000/hour', 'fixed', 'key'],
      ['endpoint', 'Per endpoint', '100/minute', 'fixed', 'key, operation'],
      ['burst', 'Burst', '50/10s', 'fixed', 'key'],
      [''],
    ]);
  });

  it('prints every plan side by side, or the one that is asked for', async () => {
    const all = (await run('limits', TIERS)).stdout;
    expect(all).toMatch(/^limit +label +FREE +PRO/m);
    expect(all).toMatch(/^calls +API requests +10\/minute +100\/minute/m);
    expect(all).toMatch(/^files +Files a month +15\/month +unlimited +files/m);
    const pro = (await run('limits', TIERS, '--plan', 'PRO')).stdout;
    expect(pro).toMatch(/^calls +API requests +100\/minute/m);
    expect(pro).not.toContain('10/minute ');
  });

  it('exits 1 for a plan that does not exist, and names the nearest', async () => {
    expect(await run('limits', TIERS, '--plan', 'FRE')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'headgate: there is no plan "FRE"; did you mean "FREE"? (FREE, PRO)\n',
    });
    expect(await run('limits', TIERS, '--plan', 'X')).toMatchObject({
      code: 1,
      stderr: 'headgate: there is no plan "X" (FREE, PRO)\n',
    });
    expect(await run('limits', VETIGEN, '--plan', 'X')).toMatchObject({
      code: 1,
      stderr: 'headgate: there is no plan "X": this policy has no plans\n',
    });
  });
});

describe('headgate compile', () => {
  it('writes a module of pure data that is the compiled policy', async () => {
    const out = join(folder, 'vetigen.mjs');
    expect(await run('compile', VETIGEN, '-o', out)).toEqual({ code: 0, stdout: '', stderr: '' });
    const { parsePolicy } = await import('headgate/policy');
    const module = (await import(pathToFileURL(out).href)) as { default: unknown };
    expect(module.default).toEqual(JSON.parse(JSON.stringify(parsePolicy(policyText('vetigen.yaml')))));
    expect((await run('compile', VETIGEN)).stdout).toBe(readFileSync(out, 'utf8'));
  });

  it('exits 1 when it cannot write', async () => {
    expect(await run('compile', VETIGEN, '-o', join(folder, 'no', 'where.mjs'))).toMatchObject({
      code: 1,
      stderr: matching(/^headgate: cannot write .*: there is no such file\n$/),
    });
  });
});

describe('npm start', () => {
  it('shows a gateway before an API, what to try and the limits, and ends cleanly on Ctrl-C', async () => {
    const child = spawn(process.execPath, [fileURLToPath(new URL('../dist/demo/main.js', import.meta.url))]);
    const ended = once(child, 'close') as Promise<[number | null]>;
    let shown = '';
    child.stdout.on('data', (chunk) => (shown += String(chunk)));
    await until(() => shown.includes('Ctrl-C'));
    const url = /gateway {2}(http:\/\/127\.0\.0\.1:\d+)/.exec(shown)?.[1] ?? '';
    expect(shown).toContain(`curl -i ${url}/v1/articles -H 'X-API-Key: demo'`);
    expect(shown).toMatch(/endpoint +Per endpoint +100\/minute/);
    const statuses = [
      await ask(`${url}/v1/articles`),
      await ask(`${url}/v1/articles/2`, { headers: { 'X-API-Key': 'demo' } }),
    ];
    expect(statuses.map(({ status }) => status)).toEqual([401, 200]);
    child.kill('SIGINT');
    expect((await ended)[0]).toBe(0);
  });
});

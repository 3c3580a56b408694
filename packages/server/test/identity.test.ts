/* oxlint-disable no-await-in-loop -- requests that follow one another are what is tested */
import type { RequestListener } from 'node:http';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { echo, setUp } from './set-up.ts';
import { ask, startApi } from './support.ts';

/** A gateway before an API, whose callers a directory knows. */
async function behindDirectory(
  directory: RequestListener,
  more = '',
): Promise<{ url: string; stop: () => Promise<void> }> {
  const keys = await startApi(directory);
  const { gateway } = await setUp(
    echo,
    `headgate: 1
identify:
  key: { header: X-API-Key, find: http, http: { url: "${keys.url}/who" }, attributes: { account: account } }
limits: { calls: { rate: 2/minute, per: account } }
${more}`,
  );
  return { url: gateway.url, stop: keys.close };
}

describe('a caller that a directory knows', () => {
  it('is served, whichever of its keys it shows, and counted as one; others are 401', async () => {
    const { url, stop } = await behindDirectory(({ headers }, response) => {
      response.statusCode = headers.authorization?.startsWith('Bearer acme-') === true ? 200 : 404;
      response.end('{"account":"acme"}');
    });
    const statuses = [];
    for (const key of ['acme-1', 'acme-2', 'other', 'acme-1'])
      statuses.push((await ask(url, { headers: { 'X-API-Key': key } })).status);
    expect(statuses).toEqual([200, 200, 401, 429]);
    await stop();
  });

  it('is 503 while the directory is away, and neither 401 nor let in', async () => {
    const { url, stop } = await behindDirectory((_, response) => response.end());
    await stop();
    const { status, headers, body } = await ask(url, { headers: { 'X-API-Key': 'good' } });
    expect([status, headers['retry-after'], headers['content-type']]).toEqual([503, '1', 'application/problem+json']);
    expect(body).not.toContain('ECONNREFUSED');
  });

  it('waits, with what it uploads, until it is known', async () => {
    const { url } = await behindDirectory((_, response) => setImmediate(() => response.end('{"account":"acme"}')));
    const body = 'x'.repeat(100_000);
    const { status } = await ask(url, { method: 'POST', headers: { 'X-API-Key': 'good' }, body });
    expect(status).toBe(200);
  });

  it('cannot be guessed by hundreds at once', async () => {
    let calls = 0;
    const { url } = await behindDirectory((_, response) => {
      calls++;
      response.writeHead(404).end();
    }, 'unidentified: 10/minute');
    const guesses = Array.from({ length: 300 }, (_, i) => ask(url, { headers: { 'X-API-Key': `guess-${i}` } }));
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    expect([calls, statuses.filter((status) => status === 401).length]).toEqual([10, 10]);
  });
});

describe('a policy that needs a function', () => {
  const bin = fileURLToPath(new URL('../bin/headgate.mjs', import.meta.url));
  const file = join(mkdtempSync(join(tmpdir(), 'headgate-')), 'headgate.yaml');
  writeFileSync(file, 'headgate: 1\nidentify: { session: { cookie: sid, find: sessions } }\n');

  it('is warned of by check, and not served, by name', () => {
    const checked = spawnSync(process.execPath, [bin, 'check', file], { encoding: 'utf8' });
    expect([checked.status, checked.stderr]).toEqual([0, expect.stringContaining('WARN_POLICY_FINDER')]);
    const args = [bin, 'serve', file, '--upstream', 'http://127.0.0.1:9', '--listen', '127.0.0.1:0'];
    const served = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 30_000 });
    expect([served.status, served.stderr]).toEqual([
      1,
      expect.stringContaining('nobody registered a function "sessions"'),
    ]);
  });
});

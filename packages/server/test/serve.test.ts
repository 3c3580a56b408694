/* oxlint-disable no-await-in-loop -- requests that follow one another are what is tested */
import { once } from 'node:events';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { file, folder, run, serve, serveIn, startedApi, VETIGEN, type Serving } from './cli-support.ts';
import {
  ANY_NUMBER,
  ANY_TEXT,
  ask,
  containing,
  DEADLINE_MS,
  dial,
  matching,
  policyText,
  sendRaw,
  until,
} from './support.ts';

const BROKEN = file('broken.yaml', 'headgate: 1\nlimits: { burst: { rate: 50/10 parsecs, per: key } }\n');

const MONTHLY = file(
  'monthly.yaml',
  `
headgate: 1
identify: { key: { header: X-API-Key, find: any } }
limits: { calls: { quota: 10/month, per: key } }
respond: { headers: { of: calls, dialect: x-ratelimit } }
`,
);

describe('headgate serve', () => {
  it('keeps in a file what a quota has counted, also when nobody lets it end, and names who has the file', async () => {
    const { url } = await startedApi((_, response) => response.end());
    const data = `${folder}/kept.db`;
    const left = async (serving: Serving): Promise<unknown> =>
      (await ask(serving.url, { headers: { 'X-API-Key': 'k' } })).headers['x-ratelimit-remaining'];
    const first = await serve(MONTHLY, url, '--data', data);
    expect([await left(first), await left(first)]).toEqual(['9', '8']);
    const second = await run('serve', MONTHLY, '--upstream', url, '--listen', '127.0.0.1:0', '--data', data);
    expect([second.code, second.stderr]).toEqual([1, containing(`is in use by process ${first.child.pid} on `)]);
    first.child.kill('SIGKILL');
    await first.ended;
    const again = await serve(MONTHLY, url, '--data', data, '--durability', 'power');
    expect(await left(again)).toBe('7');
    again.child.kill('SIGTERM');
    expect(await again.ended).toBe(0);
    expect((await run('store', 'info', data, '--policy', MONTHLY, '--subject', 'key=k')).stdout).toMatch(
      /calls +7 +10/,
    );
  });

  const RATES =
    'headgate: 1\nidentify: { key: { header: X-API-Key, find: any } }\nlimits: { calls: { rate: 10/1h, per: key } }\n';
  const DURABLE = file(
    'durable.yaml',
    RATES.replace('10/1h', '10/1h, durable: true') + 'respond: { headers: { of: calls, dialect: x-ratelimit } }',
  );
  const PLAIN = file('plain.yaml', `${RATES}respond: { headers: { of: calls, dialect: x-ratelimit } }`);

  it.each([
    ['a quota', MONTHLY, [], '8', true],
    ['a quota that nobody wants kept', MONTHLY, ['--data', 'none'], '9', false],
    ['a rate', PLAIN, [], '9', false],
    ['a durable rate', DURABLE, [], '8', true],
    ['a rate, in a file', PLAIN, ['--data', './other.db'], '9', true],
  ])('keeps by itself what lasts, and says where: %s', async (_, policy, more, left, isSaid) => {
    const { url } = await startedApi((_request, response) => response.end());
    const asks = async (serving: Serving): Promise<unknown> =>
      (await ask(serving.url, { headers: { 'X-API-Key': 'k' } })).headers['x-ratelimit-remaining'];
    const first = await serve(policy, url, ...more);
    expect([await asks(first), first.stdout().includes('keeping what lasts in ./')]).toEqual(['9', isSaid]);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(await asks(await serveIn(first.cwd, policy, url, ...more))).toBe(left);
  });

  it.each([
    [['--data', 'none', '--durability', 'power'], '--durability: give --data too'],
    [['--data', 'x.db', '--durability', 'disk'], '--durability: expected process or power, got "disk"'],
  ])('refuses %j', async (words, why) => {
    const { code, stderr } = await run('serve', MONTHLY, '--upstream', 'http://127.0.0.1:1', ...words);
    expect([code, stderr]).toEqual([2, containing(why)]);
  });

  it('says on one line where it listens, and serves', async () => {
    const { url } = await startedApi((_, response) => response.end('hello'));
    const serving = await serve(VETIGEN, url);
    const answer = await ask(serving.url, { headers: { 'X-API-Key': 'k' } });
    expect([answer.status, answer.body, answer.headers['x-ratelimit-remaining']]).toEqual([200, 'hello', '999']);
    expect(serving.stdout()).toBe(`headgate: listening on ${serving.url}\n`);
  });

  it('logs one JSON line a refusal, with neither key nor address', async () => {
    const { url } = await startedApi((_, response) => response.end());
    const serving = await serve(VETIGEN, url);
    for (let i = 0; i < 51; i++) await ask(serving.url, { headers: { 'X-API-Key': 'very-secret' } });
    await until(() => serving.stderr().includes('\n'));
    const lines = serving.stderr().trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'info',
      msg: 'denied',
      status: 429,
      limit: 'burst',
      operation: 'GET /',
      subject: matching(/^[0-9a-f]{16}$/),
      request: ANY_TEXT,
      retryAfterMs: ANY_NUMBER,
    });
    expect(serving.stderr()).not.toMatch(/very-secret|127\.0\.0\.1/);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 on %s, once what is under way is answered', async (signal) => {
    let finish: (() => void) | undefined;
    const { url } = await startedApi((_, response) => {
      finish = () => response.end('finished');
    });
    const serving = await serve(VETIGEN, url);
    const answer = ask(serving.url, { headers: { 'X-API-Key': 'k' } });
    await until(() => finish !== undefined);
    serving.child.kill(signal);
    await until(() => true);
    await expect.poll(() => ask(serving.url).catch(() => 'refused')).toBe('refused');
    finish?.();
    expect((await answer).body).toBe('finished');
    expect(await serving.ended).toBe(0);
  });

  /** A gateway that was told to stop while it waits for the API to finish. */
  async function stopping(): Promise<{ serving: Serving; finish: () => void; answer: Promise<string> }> {
    let finish: (() => void) | undefined;
    const { url } = await startedApi((_, response) => {
      finish = () => response.end('finished');
    });
    const serving = await serve(VETIGEN, url);
    const answer = ask(serving.url, { headers: { 'X-API-Key': 'k' } }).then(
      ({ body }) => body,
      () => 'cut off',
    );
    await until(() => finish !== undefined);
    serving.child.kill('SIGINT');
    await expect.poll(() => ask(serving.url).catch(() => 'refused')).toBe('refused');
    return { serving, finish: () => finish?.(), answer };
  }

  it('takes one Ctrl-C for one, however many pass it on', async () => {
    const { serving, finish, answer } = await stopping();
    serving.child.kill('SIGINT');
    serving.child.kill('SIGTERM');
    // It is there to hear of this, too.
    serving.child.kill('SIGHUP');
    await until(() => serving.stderr().includes('policy reloaded'));
    finish();
    expect(await answer).toBe('finished');
    expect(await serving.ended).toBe(0);
  });

  it('ends at once when it is told again, later', async () => {
    const { serving, answer } = await stopping();
    const again = setInterval(() => serving.child.kill('SIGTERM'), 200);
    await serving.ended;
    clearInterval(again);
    expect([serving.child.signalCode, await answer]).toEqual(['SIGTERM', 'cut off']);
  });

  it('does not wait longer than it was told to', async () => {
    let asked = false;
    const { url } = await startedApi(() => (asked = true));
    const serving = await serve(VETIGEN, url, '--drain', '50ms');
    const answer = ask(serving.url, { headers: { 'X-API-Key': 'k' } }).catch(() => 'cut off');
    await until(() => asked);
    serving.child.kill('SIGTERM');
    expect(await serving.ended).toBe(0);
    expect(await answer).toBe('cut off');
    expect(serving.stderr()).toContain('cut off');
  });

  it('reads the policy again on SIGHUP, keeps what was counted, and keeps the last good policy', async () => {
    const { url } = await startedApi((_, response) => response.end());
    const policy = file('live.yaml', policyText('vetigen.yaml'));
    const serving = await serve(policy, url);
    const remaining = async (): Promise<unknown> =>
      (await ask(serving.url, { headers: { 'X-API-Key': 'k' } })).headers['x-ratelimit-remaining'];
    expect(await remaining()).toBe('999');
    writeFileSync(policy, policyText('vetigen.yaml').replace('1000/hour', '2000/hour'));
    serving.child.kill('SIGHUP');
    await until(() => serving.stderr().includes('policy reloaded'));
    expect(await remaining()).toBe('1998');
    writeFileSync(policy, 'headgate: 1\nlimits: { a: { rat: 5 } }\n');
    serving.child.kill('SIGHUP');
    await until(() => serving.stderr().includes('not reloaded'));
    expect(await remaining()).toBe('1997');
  });

  it('reads the policy again when its file changes, however it is written', async () => {
    const { url } = await startedApi((_, response) => response.end());
    const policy = file('watched.yaml', policyText('vetigen.yaml'));
    const serving = await serve(policy, url);
    const limit = async (): Promise<unknown> =>
      (await ask(serving.url, { headers: { 'X-API-Key': 'k' } })).headers['x-ratelimit-limit'];
    expect(await limit()).toBe('1000');
    writeFileSync(policy, policyText('vetigen.yaml').replace('1000/hour', '3000/hour'));
    await expect.poll(limit, { timeout: DEADLINE_MS }).toBe('3000');
    // As editors and deployments do it: another file takes the name.
    renameSync(file('next.yaml', policyText('vetigen.yaml').replace('1000/hour', '4000/hour')), policy);
    await expect.poll(limit, { timeout: DEADLINE_MS }).toBe('4000');
    writeFileSync(policy, 'headgate: 1\nlimits: { a: { rat: 5 } }\n');
    await until(() => serving.stderr().includes('policy not reloaded'));
    expect(await limit()).toBe('4000');
  });

  it('speaks TLS, and takes a new certificate when its files change', async () => {
    const { url } = await startedApi((_, response) => response.end('hello'));
    const pem = (name: string, part: string): Buffer =>
      readFileSync(new URL(`certificates/${name}.${part}.pem`, import.meta.url));
    const [cert, key] = [file('cert.pem', pem('first', 'cert')), file('key.pem', pem('first', 'key'))];
    const serving = await serve(VETIGEN, url, '--tls-cert', cert, '--tls-key', key);
    expect(serving.url).toMatch(/^https:/);
    const name = (): Promise<unknown> => certifiedName(Number(new URL(serving.url).port));
    expect(await name()).toBe('first.headgate.test');
    file('key.pem', pem('second', 'key'));
    file('cert.pem', pem('second', 'cert'));
    await expect.poll(name, { timeout: DEADLINE_MS }).toBe('second.headgate.test');
    file('cert.pem', 'no certificate');
    await until(() => serving.stderr().includes('certificate not reloaded'));
    expect(await name()).toBe('second.headgate.test');
  });

  it('serves health and metrics where it is told to, and says where', async () => {
    const { url } = await startedApi((_, response) => response.end());
    const serving = await serve(VETIGEN, url, '--admin', '127.0.0.1:0');
    expect((await ask(`${serving.adminUrl}/readyz`)).status).toBe(200);
    expect((await ask(`${serving.adminUrl}/metrics`)).body).toContain('headgate_requests_total');
    expect(serving.stdout()).toBe(`headgate: listening on ${serving.url}\nheadgate: admin on ${serving.adminUrl}\n`);
  });

  it('logs every request when it is asked to, by our id and the caller\u2019s, without keys or queries', async () => {
    const { url } = await startedApi((incoming, response) => response.end(incoming.headers['x-request-id']));
    const serving = await serve(VETIGEN, url, '--access-log');
    const headers = { 'X-API-Key': 'very-secret', 'X-Request-Id': `\u00e9${'x'.repeat(200)}` };
    const answer = await ask(`${serving.url}/items?token=very-secret`, { headers });
    await until(() => serving.stderr().includes('\n'));
    const line = JSON.parse(serving.stderr()) as Record<string, unknown>;
    expect(line).toMatchObject({
      msg: 'served',
      method: 'GET',
      path: '/items',
      version: '1.1',
      status: 200,
      ms: ANY_NUMBER,
    });
    expect([line['request'], line['client']]).toEqual([answer.body, `?${'x'.repeat(127)}`]);
    expect(serving.stderr()).not.toMatch(/very-secret|127\.0\.0\.1/);
  });

  it('bounds what callers may take, as its flags say', async () => {
    const { url } = await startedApi((_, response) => response.end());
    const flags = ['--max-header-fields', '5', '--header-timeout', '300ms', '--max-header-bytes', '2000'];
    const serving = await serve(VETIGEN, url, ...flags);
    const many = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`X-${i}`, '1']));
    expect((await ask(serving.url, { headers: many })).status).toBe(431);
    expect((await ask(serving.url, { headers: { 'X-Big': 'x'.repeat(3000) } })).status).toBe(431);
    expect(await sendRaw(serving.url, 'GET / HTTP/1.1\r\nHost')).toMatch(/^HTTP\/1\.1 408/);
  });

  it('lets one address have as many connections as its flag says', async () => {
    const { url } = await startedApi((_, response) => response.end());
    const serving = await serve(VETIGEN, url, '--max-connections-per-address', '1');
    const line = await dial(serving.url);
    line.socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(() => line.heard().includes('401'));
    await expect(ask(serving.url)).rejects.toThrow(/ECONNRESET|hang up/);
    line.socket.destroy();
  });

  it.each([
    [['--max-requests', '0'], '--max-requests: expected a whole number from 1, got "0"'],
    [['--idle-timeout', '5'], '--idle-timeout: expected a duration such as 10s, got "5"'],
    [['--admin', 'nowhere'], '--admin: expected host:port, such as 127.0.0.1:8080, got "nowhere"'],
    [['--tls-cert', 'a.pem'], '--tls-cert and --tls-key go together'],
  ])('exits 2 for %j', async (words, message) => {
    const ran = await run('serve', VETIGEN, '--upstream', 'http://127.0.0.1:1', ...words);
    expect([ran.code, ran.stderr.split('\n')[0]]).toEqual([2, `headgate: ${message}`]);
  });

  it('exits 1 for a certificate that it cannot use', async () => {
    const key = file('other.pem', readFileSync(new URL('certificates/second.key.pem', import.meta.url)));
    const cert = file('mine.pem', readFileSync(new URL('certificates/first.cert.pem', import.meta.url)));
    const serveWith = (c: string, k: string): ReturnType<typeof run> =>
      run('serve', VETIGEN, '--upstream', 'http://127.0.0.1:1', '--tls-cert', c, '--tls-key', k);
    expect(await serveWith(cert, `${key}.none`)).toMatchObject({
      code: 1,
      stderr: containing('--tls-key: cannot read'),
    });
    expect(await serveWith(cert, key)).toMatchObject({ code: 1, stderr: containing(`cannot use ${cert} with ${key}`) });
  });

  it('exits 1 with one clear line when it cannot listen, or the policy is not sound', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const refused = await run('serve', VETIGEN, '--upstream', 'http://127.0.0.1:1', '--listen', `127.0.0.1:${port}`);
    taken.close();
    expect(refused).toEqual({
      code: 1,
      stdout: '',
      stderr: `headgate: cannot listen on 127.0.0.1:${port}: the address is in use\n`,
    });
    expect(await run('serve', BROKEN, '--upstream', 'http://127.0.0.1:1')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: containing('error: limits.burst.rate'),
    });
  });
});

/** The name in the certificate that a server proves itself by. */
async function certifiedName(port: number): Promise<unknown> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return subject.CN;
}

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { POLICY } from './set-up.ts';
import { ask, dial, start, startApi, until, type Answer, type Api, type Started } from './support.ts';

let api: Api;
let gateway: Started;
let release: (() => void) | undefined;

beforeEach(async () => {
  release = undefined;
  api = await startApi((incoming, response) => {
    if (incoming.url === '/held') release = () => response.end();
    else response.end('ok');
  });
  gateway = await start({ policy: POLICY, upstream: api.url, admin: true });
});

afterEach(async () => {
  await gateway.stop(0);
  await api.close();
});

function admin(path: string, method = 'GET'): Promise<Answer> {
  return ask(`${gateway.adminUrl}${path}`, { method });
}

/** What Prometheus would read, by name and labels. */
async function metrics(): Promise<Readonly<Record<string, number>>> {
  const { body } = await admin('/metrics');
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  );
}

describe('the admin listener', () => {
  it('tells that the process lives, and that it takes requests', async () => {
    const answers = await Promise.all(['/healthz', '/readyz', '/readyz?probe=1'].map((path) => admin(path)));
    expect(answers.map(({ status, body }) => `${status} ${body}`)).toEqual(['200 ok\n', '200 ready\n', '200 ready\n']);
  });

  it('tells that it takes no more while it drains', async () => {
    const answer = ask(`${gateway.url}/held`);
    await until(() => release !== undefined);
    const stopped = gateway.stop(15_000);
    expect([(await admin('/readyz')).status, (await admin('/healthz')).status]).toEqual([503, 200]);
    release?.();
    await Promise.all([answer, stopped]);
  });

  it('knows no other page, and takes no other method', async () => {
    expect((await admin('/')).status).toBe(404);
    expect((await admin('/__proto__')).status).toBe(404);
    const posted = await admin('/metrics', 'POST');
    expect([posted.status, posted.headers['allow']]).toEqual([405, 'GET, HEAD']);
  });

  it('is not where callers come in', async () => {
    expect((await ask(`${gateway.url}/metrics`)).body).toBe('ok');
  });

  it('counts what was answered, refused, and not reached', async () => {
    const key = { 'X-API-Key': 'k' };
    for (let i = 0; i < 7; i++) {
      // oxlint-disable-next-line no-await-in-loop -- the last two are refused because of those before
      await ask(gateway.url, { headers: key });
    }
    await ask(`${gateway.url}/%zz`);
    await api.close();
    await ask(gateway.url);
    expect(await metrics()).toMatchObject({
      'headgate_requests_total{status="2xx"}': 5,
      'headgate_requests_total{status="4xx"}': 3,
      'headgate_requests_total{status="5xx"}': 1,
      'headgate_denials_total{limit="calls"}': 2,
      'headgate_denials_total{limit="malformed"}': 1,
      'headgate_failures_total{status="502"}': 1,
      headgate_request_duration_count: 9,
      headgate_requests_under_way: 0,
      headgate_store_records: 2,
    });
  });

  it('tells what is open now', async () => {
    const line = await dial(gateway.url);
    const answer = ask(`${gateway.url}/held`);
    await until(() => release !== undefined);
    expect(await metrics()).toMatchObject({ headgate_requests_under_way: 1, headgate_connections: 2 });
    release?.();
    await answer;
    line.socket.destroy();
    await line.closed;
  });

  it('writes what Prometheus reads', async () => {
    const { status, headers, body } = await admin('/metrics');
    expect([status, headers['content-type']]).toEqual([200, expect.stringContaining('text/plain')]);
    expect(body).toMatch(/^# HELP headgate_requests_total .+\n# TYPE headgate_requests_total counter$/m);
  });
});

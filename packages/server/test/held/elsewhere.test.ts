/* oxlint-disable no-await-in-loop -- one request after another */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startRedis } from '../../../headgate/test/redis/server.ts';
import { file, folder, serveIn, startedApi, type Serving } from '../cli-support.ts';
import { ask, until, type Answer } from '../support.ts';

const POLICY = file(
  'elsewhere.yaml',
  `
headgate: 1
identify: { key: { header: X-API-Key, find: any } }
operations:
  create: { match: POST /v1/predictions }
  batch: { match: POST /v1/batches }
  poll: { match: GET /v1/predictions/:id }
  put: { match: PUT /v1/files/:id }
  gone: { match: DELETE /v1/files/:id }
  chat: { match: POST /v1/chat }
meters: { spend: { unit: USD, cost: { reserve: 1 } } }
limits:
  running: { concurrency: 9, per: key, on: create, hold: { id: response.body.id, lease: 1h, until: [poll] } }
  batched: { concurrency: 9, per: key, on: batch, cost: 3, hold: { id: response.body.ids, lease: 1h, until: [poll] } }
  stored: { level: 90, per: key, on: put, cost: 10, hold: { id: path.id, until: [gone] } }
  day: { quota: $10/day, per: key, on: chat, cost: spend }
endpoints: { own: { match: GET /limits } }
`,
);
const TOKEN = 'elsewhere'.repeat(6);
const TOKENS = file('elsewhere.tokens', TOKEN);
const KEY = { 'X-API-Key': 'k' };

/** What is used of each limit, as its caller reads it; nothing while nobody can tell. */
async function used({ url }: Serving): Promise<readonly unknown[]> {
  const { status, body } = await ask(`${url}/limits`, { headers: KEY });
  const { limits } = JSON.parse(status === 200 ? body : '{"limits":[]}') as { limits: { used?: number }[] }; // as documented
  return limits.map((limit) => limit.used);
}

/** Does something until so much is used: again where a busy machine kept it from being counted, and never while nobody can tell. */
async function becomes(at: Serving, expected: readonly number[], act: () => Promise<unknown>): Promise<void> {
  let seen: readonly unknown[] = [];
  await until(async () => {
    seen = await used(at);
    if (JSON.stringify(seen) === JSON.stringify(expected)) return true;
    if (seen.length > 0) await act();
    return false;
  }).catch(() => undefined);
  expect(seen).toEqual(expected);
}

/** Whether so much is used within a little. */
async function isSoon(at: Serving, expected: readonly number[]): Promise<boolean> {
  for (let i = 0; i < 20; i++) if (JSON.stringify(await used(at)) === JSON.stringify(expected)) return true;
  return false;
}

function settleUrl({ stdout }: Serving): string {
  return /^headgate: settle on (http:\S+)$/m.exec(stdout())?.[1] ?? '';
}

/** An API that begins what its path says, and knows by which id it may settle it. */
class Api {
  readonly reservations: string[] = [];
  url = '';
  /** Answers that nobody was sent yet. */
  #waiting: (() => void)[] = [];

  async start(): Promise<void> {
    const { url } = await startedApi((request, response) => {
      this.reservations.push(String(request.headers['x-headgate-reservation']));
      const id = String(request.headers['x-id']);
      response.writeHead(request.method === 'POST' ? 201 : 200, { 'Content-Type': 'application/json' });
      const answer = (): void => void response.end(JSON.stringify({ id, ids: id.split(',') }));
      if (request.headers['x-waits'] === undefined) answer();
      else this.#waiting.push(answer);
    });
    this.url = url;
  }

  get waits(): boolean {
    return this.#waiting.length > 0;
  }

  /** Sends what waits. */
  answer(): void {
    for (const answer of this.#waiting.splice(0)) answer();
  }

  /** Of the request that came last. */
  get last(): string {
    return this.reservations.at(-1) ?? '';
  }
}

function send(at: Serving, what: string, id = '', more: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const [method = '', path = ''] = what.split(' ');
  return ask(at.url + path, { method, headers: { ...KEY, 'X-Id': id, ...more } });
}

/** Says something of a reservation, again while nobody can tell whether it was carried out. */
async function say(at: Serving, id: string, verb: string, body = ''): Promise<number> {
  const headers = { authorization: `Bearer ${TOKEN}` };
  for (;;) {
    const { status } = await ask(`${settleUrl(at)}/v1/reservations/${id}/${verb}`, { method: 'POST', headers, body });
    if (status !== 503) return status;
  }
}

/** Two servers of one store, one after the other, or beside each other. */
type Pair = (api: string) => Promise<{ readonly first: Serving; readonly second: () => Promise<Serving> }>;

const SETTLES = ['--settle', '127.0.0.1:0', '--settle-token-file', TOKENS];

function restarted(signal: NodeJS.Signals): Pair {
  return async (api) => {
    const cwd = mkdtempSync(join(folder, 'elsewhere-'));
    const first = await serveIn(cwd, POLICY, api, ...SETTLES);
    const second = async (): Promise<Serving> => {
      first.child.kill(signal);
      await first.ended;
      return serveIn(cwd, POLICY, api, ...SETTLES);
    };
    return { first, second };
  };
}

function besides(port: number): Pair {
  return async (api) => {
    const serve = (): Promise<Serving> =>
      serveIn(mkdtempSync(join(folder, 'elsewhere-')), POLICY, api, ...SETTLES, '--redis', `redis://127.0.0.1:${port}`);
    const first = await serve();
    await becomes(first, [0, 0, 0, 0], NOTHING);
    return { first, second: serve };
  };
}

const NOTHING = (): Promise<void> => Promise.resolve();

/** Begins everything on one server and ends it on another. */
async function endsElsewhere(pair: Pair): Promise<Serving> {
  const api = new Api();
  await api.start();
  const { first, second } = await pair(api.url);
  await becomes(first, [1, 0, 0, 0], () => send(first, 'POST /v1/predictions', 'a'));
  await becomes(first, [2, 0, 0, 0], () => send(first, 'POST /v1/predictions', 'b'));
  const job = api.last;
  await becomes(first, [2, 3, 0, 0], () => send(first, 'POST /v1/batches', 'x,y,z'));
  await becomes(first, [2, 3, 10, 0], () => send(first, 'PUT /v1/files/f'));
  await becomes(first, [2, 3, 10, 1], () => send(first, 'POST /v1/chat'));
  const chat = api.last;

  const other = await second();
  await becomes(other, [2, 3, 10, 1], NOTHING);
  await becomes(other, [1, 3, 10, 1], () => send(other, 'GET /v1/predictions/a'));
  await becomes(other, [1, 2, 10, 1], () => send(other, 'GET /v1/predictions/x'));
  await becomes(other, [1, 2, 0, 1], () => send(other, 'DELETE /v1/files/f'));
  expect(await say(other, chat, 'settle', '{"costs":{"spend":-1}}')).toBe(400);
  await becomes(other, [1, 2, 0, 0.25], () => say(other, chat, 'settle', '{"costs":{"spend":0.25}}'));
  expect(await say(other, chat, 'settle', '{"costs":{"spend":0.5}}')).toBe(404);
  expect(await say(other, job, 'renew')).toBe(200);
  await becomes(other, [0, 2, 0, 0.25], () => say(other, job, 'cancel'));
  expect(await say(other, job, 'renew')).toBe(404);
  await becomes(other, [0, 1, 0, 0.25], () => send(other, 'GET /v1/predictions/y'));
  await becomes(other, [0, 0, 0, 0.25], () => send(other, 'GET /v1/predictions/z'));
  return first;
}

describe('what is held', () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'is ended by its id, and settled by its reservation, after a %s and a restart on the same file',
    async (signal) => {
      const first = await endsElsewhere(restarted(signal));
      expect(first.child.exitCode ?? first.child.signalCode).toBe(signal === 'SIGTERM' ? 0 : signal);
    },
  );

  it('is ended by its id, and settled by its reservation, through another server of the same Redis', async () => {
    await using redis = await startRedis();
    const first = await endsElsewhere(besides(redis.port));
    await expect(becomes(first, [0, 0, 0, 0.25], NOTHING)).resolves.toBeUndefined();
  });

  it('is over before it has an id, where another server of the same Redis hears of its end first', async () => {
    await using redis = await startRedis();
    const api = new Api();
    await api.start();
    const { first, second } = await besides(redis.port)(api.url);
    const other = await second();
    // On a busy machine the answer may pass before the end is noted: then the job is ended as any other.
    for (let i = 0; ; i++) {
      const begun = send(first, 'POST /v1/predictions', `early${i}`, { 'X-Waits': 'yes' });
      await until(() => api.waits);
      expect((await send(other, `GET /v1/predictions/early${i}`)).status).toBe(200);
      api.answer();
      expect((await begun).status).toBe(201);
      if (await isSoon(first, [0, 0, 0, 0])) return;
      expect(i).toBeLessThan(10);
      await becomes(first, [0, 0, 0, 0], () => send(other, `GET /v1/predictions/early${i}`));
    }
  });
});

import type { Bounds } from '../../src/gateway/bounds.ts';
import { start, startApi, ask, type Answer, type Started } from '../support.ts';
import { afterEach } from 'vitest';
import type { RequestListener } from 'node:http';

/** Predictions that hold a permit until they are over, chats that cost money, and where callers read what they have used. */
export const STUDIO = `
headgate: 1
identify: { key: { header: X-API-Key, find: any } }
unidentified: unlimited
operations:
  create: { match: POST /v1/predictions }
  poll: { match: GET /v1/predictions/:id }
  hook: { match: POST /hooks }
  chat: { match: POST /v1/chat }
  quick: { match: GET /v1/quick }
meters: { spend: { unit: USD, cost: { reserve: 0.5, actual: response.body.cost } } }
limits:
  quick: { concurrency: 100, per: key, on: quick }
  running:
    concurrency: 10000
    per: key
    on: create
    hold:
      id: response.body.id
      lease: 1h
      until:
        - { on: poll, when: 'response.body.status in ["succeeded", "failed", "canceled"]' }
        - { on: hook, id: 'request.query["prediction"]' }
  day: { quota: $100/day, per: key, on: chat, cost: spend, fail: closed }
endpoints: { own: { match: GET /limits } }
`;
const TOKEN = 'studio'.repeat(6);
export const KEY = { 'X-API-Key': 'k' } as const;

/** A gateway before an API, and what its caller may know of it. */
export interface Studio {
  readonly gateway: Started;
  readonly post: (path: string, headers?: Record<string, string>) => Promise<Answer>;
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Answer>;
  /** Units of a limit that are used, as its caller reads them. */
  readonly used: (limit: 'running' | 'day' | 'quick') => Promise<number>;
  /** What was reported, as often as it was. */
  readonly reported: () => readonly unknown[];
  /** What the API says of a reservation. */
  readonly settle: (path: string, body?: string) => Promise<number>;
}

let closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(closing.map((close) => close()));
  closing = [];
});

interface Spec {
  readonly timeoutMs?: number;
  readonly policy?: string;
  readonly bounds?: Partial<Bounds>;
}

/** Until the test ends. */
export async function studio(listener: RequestListener, spec?: Spec): Promise<Studio> {
  const api = await startApi(listener);
  closing.push(api.close);
  return studioBefore(api.url, spec);
}

export async function studioBefore(
  upstream: string,
  { timeoutMs = 5000, policy = STUDIO, bounds = {} }: Spec = {},
): Promise<Studio> {
  const gateway = await start({ policy, upstream, timeoutMs, bounds, tokens: [TOKEN], admin: true });
  closing.push(() => gateway.stop(0));
  const send =
    (method: string) =>
    (path: string, headers: Record<string, string> = {}) =>
      ask(`${gateway.url}${path}`, { method, headers: { ...KEY, ...headers } });
  const get = send('GET');
  return {
    gateway,
    post: send('POST'),
    get,
    async used(limit) {
      const { limits } = JSON.parse((await get('/limits')).body) as { limits: { name: string; used: number }[] }; // as documented
      return limits.find(({ name }) => name === limit)?.used ?? NaN;
    },
    reported: () => gateway.log.lines.map(([, details]) => details && 'is' in details && details.is),
    settle: async (path, body = '') =>
      (
        await ask(`${gateway.settleUrl}/v1/reservations/${path}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${TOKEN}` },
          body,
        })
      ).status,
  };
}

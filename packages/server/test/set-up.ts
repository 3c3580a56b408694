/* oxlint-disable no-await-in-loop -- what was opened last is closed first */
import type { RequestListener } from 'node:http';
import { afterEach } from 'vitest';
import type { Bounds } from '../src/gateway/bounds.ts';
import { start, startApi, type Api, type Started } from './support.ts';

/** Five a minute for a key; who shows none has no limit. */
export const POLICY = `
headgate: 1
identify: { key: { header: X-API-Key, find: any }, anonymous: true }
limits:
  calls: { rate: 5/minute, algorithm: fixed, per: key, when: 'subject.auth == "key"' }
respond: { headers: { of: calls, dialect: x-ratelimit } }
`;

let closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.toReversed()) await close();
  closing = [];
});

/** A gateway before an API, on real sockets, until the test ends. The API stands under `/base/`. */
export async function setUp(
  listener: RequestListener,
  policy = POLICY,
  timeoutMs = 5000,
  bounds: Partial<Bounds> = {},
): Promise<{ api: Api; gateway: Started }> {
  const api = await startApi(listener);
  const gateway = await start({ policy, upstream: `${api.url}/base/`, timeoutMs, bounds });
  closing.push(api.close, () => gateway.stop(0));
  return { api, gateway };
}

/** Tells what it was asked. */
export const echo: RequestListener = (incoming, response) => {
  response.setHeader('Content-Type', 'application/json');
  response.end(
    JSON.stringify({ method: incoming.method, url: incoming.url, headers: incoming.headers, raw: incoming.rawHeaders }),
  );
};

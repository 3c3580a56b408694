import type { RequestListener } from 'node:http';
import { afterEach } from 'vitest';
import { ask, policyText, start, startApi, type Answer, type Started } from '../packages/server/test/support.ts';

/** A Saturday afternoon, a quarter of a second past the hour, so that roundings show. */
export const START = Date.UTC(2026, 3, 11, 13, 0, 0, 250);

let closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(closing.map((close) => close()));
  closing = [];
});

interface Exhausted {
  readonly admitted: number;
  readonly refusal: Answer;
}

/** A page's policy, enforced by a gateway before an API that tells limits of its own. */
export interface Served {
  readonly gateway: Started;
  /** One request, by the method and path it is written as: `POST /v1/chat`. */
  readonly ask: (request: string, headers?: Record<string, string>) => Promise<Answer>;
  /** The same again and again; the last answer, and how many before it were admitted in a row. */
  readonly exhaust: (request: string, headers: Record<string, string>, most: number) => Promise<Exhausted>;
}

export async function serve(policy: string, nowMs = START, listener: RequestListener = telling): Promise<Served> {
  const api = await startApi(listener);
  const gateway = await start({ policy: policyText(policy), upstream: api.url, nowMs, tokens: [TOKEN] });
  closing.push(
    () => gateway.stop(1000),
    () => api.close(),
  );
  const one = (request: string, headers: Record<string, string> = {}): Promise<Answer> => {
    const [method = 'GET', path = '/'] = request.split(' ');
    return ask(gateway.url + path, { method, headers });
  };
  return {
    gateway,
    ask: one,
    async exhaust(request, headers, most) {
      for (let admitted = 0; admitted <= most; admitted++) {
        // oxlint-disable-next-line no-await-in-loop -- one after another is what is limited
        const answer = await one(request, headers);
        if (answer.status !== 200) return { admitted, refusal: answer };
      }
      throw new Error(`more than ${most} were admitted`);
    },
  };
}

/** An API that tells limits of its own, which nobody may see. */
const telling: RequestListener = (request, response) => {
  response.setHeader('X-RateLimit-Limit', '7').setHeader('RateLimit', '"inner";r=1');
  response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ url: request.url }));
};

/** The same, once it has read the request's body to its end. */
export const tellingOnceRead: RequestListener = (request, response) => {
  request.resume().on('end', () => telling(request, response));
};

/** What the API shows that it may settle. */
export const TOKEN: string = 'an-api-that-may-settle-what-it-is-handed';

export function bearer(key: string): Record<string, string> {
  return { Authorization: `Bearer ${key}` };
}

/** Fields that tell limits, with their names as they were sent. */
export function limitFields({ rawHeaders }: Answer): Record<string, string> {
  const pairs = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name, rawHeaders[i + 1] ?? ''] as const] : []));
  return Object.fromEntries(pairs.filter(([name]) => /^(?:x-)?ratelimit|^retry-after$/i.test(name)));
}

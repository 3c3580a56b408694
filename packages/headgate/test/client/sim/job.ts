import { readFileSync } from 'node:fs';
import { createFetch, type ClientOptions, type HeadgateFetch } from '../../../src/client/index.ts';
import type { CompiledPolicy } from '../../../src/http/index.ts';
import { parsePolicy } from '../../../src/policy/index.ts';
import { Api, type ApiOptions, type Count } from './api.ts';
import { optimumMs } from './optimum.ts';
import { World } from './world.ts';

/** One piece of work: so many requests, by twenty workers, against one policy. */
export interface Job {
  readonly policy: CompiledPolicy;
  readonly requests: number;
  readonly method?: string;
  readonly path?: string;
  readonly key?: string;
  readonly client?: () => ClientOptions;
  readonly api?: Partial<ApiOptions>;
}

export interface Done extends Count {
  readonly makespanMs: number;
  /** Makespan over the optimum. */
  readonly ratio: number;
  readonly fetch: HeadgateFetch;
}

const WORKERS = 20;
/** A trip of 60 ms at the least, of which the way there takes 18 to 98 ms: 40 later than the least, on average. */
const NEAREST = { workers: WORKERS, tripMs: 60, spreadMs: 40 };
const START = Date.UTC(2026, 3, 11, 13);

/** One of the project's own policies. */
export const shipped = (name: string): CompiledPolicy =>
  parsePolicy(readFileSync(new URL(`../../../../../policies/${name}.yaml`, import.meta.url), 'utf8'));

/** One limit `a` under the given headers. */
export const policyOf = (limits: string, headers: string): CompiledPolicy =>
  parsePolicy(`headgate: 1
identify: { key: { header: X-API-Key, find: any } }
limits: { ${limits} }
respond: { headers: ${headers}, exceeded: { status: 429, headers: { Retry-After: '{retryAfter}' } } }`);

const requestOf = ({ method = 'POST', path = '/v1/image/edit', key = 'k' }: Job): Request =>
  new Request(`https://api.test${path}`, { method, headers: { 'x-api-key': key } });

/** Does the work in simulated time, from a cold start so many ms into a window, by a clock that is `skewMs` off. */
export async function run(job: Job, phaseMs: number): Promise<Done> {
  const world = new World(START + phaseMs);
  const skewMs = ((phaseMs * 7919) % 240_000) - 120_000;
  const api = new Api({ policy: job.policy, world, seed: 1 + phaseMs, skewMs, ...job.api });
  const fetch = createFetch({ fetch: api.fetch, timer: world.timer, random: () => 0.5, ...job.client?.() });
  const { method, url, headers } = requestOf(job);
  let left = job.requests;
  const work = async (): Promise<void> => {
    while (left-- > 0) {
      const { status } = await fetch(url, { method, headers });
      if (status !== 200) throw new Error(`expected every request to succeed in the end, got ${status}`);
    }
  };
  await world.run(Promise.all(Array.from({ length: WORKERS }, work)));
  const makespanMs = world.nowMs - START - phaseMs;
  const requests = Array.from({ length: job.requests }, () => requestOf(job));
  const best = optimumMs(job.policy, START + phaseMs + skewMs, requests, NEAREST);
  return { ...api.count, makespanMs, ratio: makespanMs / best, fetch };
}

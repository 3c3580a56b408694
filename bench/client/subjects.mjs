// Each as its own documentation says to use it against such limits; those that pace are told the published limits, the others are not.
import axios from 'axios';
import axiosRetry from 'axios-retry';
import Bottleneck from 'bottleneck';
import got from 'got';
import ky from 'ky';
import PQueue from 'p-queue';
import pRetry, { AbortError } from 'p-retry';
import ResponseLike from 'responselike';
import { createFetch } from '../../packages/headgate/src/client/index.ts';
import { declare } from '../../packages/headgate/src/client/limits/index.ts';
import { aionvision, deepCreative, vetigen } from './samples.mjs';

const told = (response) => Number(response.headers.get('retry-after') ?? 1) * 1000;

function bottleneck(fetch, { windows }) {
  const limiters = windows.map(
    ({ units, windowMs }) =>
      new Bottleneck({
        reservoir: units,
        reservoirRefreshAmount: units,
        reservoirRefreshInterval: windowMs,
        maxConcurrent: 20,
      }),
  );
  const [first, ...rest] = limiters;
  let last = first;
  for (const limiter of rest) last = last.chain(limiter) && limiter;
  first.on('failed', (error, { retryCount }) => (retryCount < 10 ? error.waitMs : undefined));
  return async (url, init) =>
    first.schedule(async () => {
      const response = await fetch(url, init);
      if (response.status === 429) throw Object.assign(new Error('refused'), { waitMs: told(response) });
      return response;
    });
}

function pQueue(fetch, { windows }) {
  // One queue holds one window: the tightest in units a millisecond is what its documentation would have you take.
  const { units, windowMs } = windows.toSorted((a, b) => a.units / a.windowMs - b.units / b.windowMs)[0];
  const queue = new PQueue({ concurrency: 20, interval: windowMs, intervalCap: units, carryoverIntervalCount: true });
  const once = async (url, init) => {
    const response = await fetch(url, init);
    if (response.status === 429) throw new Error('refused');
    if (!response.ok) throw new AbortError('failed');
    return response;
  };
  return (url, init) => queue.add(() => pRetry(() => once(url, init), { retries: 10, randomize: true }));
}

function axiosRetried(fetch) {
  const client = axios.create({ adapter: 'fetch', env: { fetch }, validateStatus: (status) => status < 400 });
  axiosRetry(client, {
    retries: 10,
    retryDelay: (...args) => axiosRetry.exponentialDelay(...args),
    retryCondition: ({ response }) => response?.status === 429,
  });
  return (url, { method, headers }) => client.request({ url, method, headers });
}

function gotRetried(fetch) {
  const send = async (options) => {
    const response = await fetch(String(options.url), {
      method: options.method,
      headers: { 'x-api-key': options.headers['x-api-key'] },
    });
    const body = new Uint8Array(await response.arrayBuffer());
    return new ResponseLike({
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      body,
      url: String(options.url),
    });
  };
  const client = got.extend({ retry: { limit: 10, methods: ['GET', 'POST'] }, hooks: { beforeRequest: [send] } });
  return async (url, { method, headers }) => ({ status: (await client(url, { method, headers })).statusCode });
}

export const SUBJECTS = {
  'headgate, told nothing': (fetch, { timer }) => createFetch({ fetch, timer }),
  'headgate, declared': (fetch, { timer, declared }) => createFetch({ fetch, timer, limits: declare(declared) }),
  'Bottleneck, declared': bottleneck,
  'p-queue + p-retry, declared': pQueue,
  ky: (fetch) => {
    const client = ky.create({
      fetch,
      timeout: false,
      retry: { limit: 10, methods: ['get', 'post'], statusCodes: [429], afterStatusCodes: [429] },
    });
    return (url, init) => client(url, init);
  },
  got: gotRetried,
  'axios-retry': axiosRetried,
  'Deep Creative’s sample': deepCreative,
  'Vetigen’s sample': vetigen,
  'Aionvision’s sample': aionvision,
  'fetch, again after a second': (fetch) => async (url, init) => {
    const response = await fetch(url, init);
    if (response.status === 429) await new Promise((resolve) => setTimeout(resolve, 1000));
    return response;
  },
};

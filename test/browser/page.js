// What each tab does: its part of the work. `mode`: tabs that are `shared` have one pacer; `inTurn`, each request is sent once the one
// before is answered.
// What came of it goes to whoever opened it.
import { createFetch } from 'headgate/client';
import { broadcast, electByLock, share } from 'headgate/client/share';

const { api, path, method, requests, header, value, mode } = Object.fromEntries(new URLSearchParams(location.search));
let refused = 0;
const onEvent = ({ type, status }) => {
  if (type === 'answered' && status === 429) refused++;
};
const fetch = createFetch(
  mode === 'shared' ? { pacer: share({ channel: broadcast('api'), elect: electByLock('api') }), onEvent } : { onEvent },
);
const began = performance.now();
/** @type {string[]} */
const texts = [];

async function one() {
  const answer = await fetch(`${api}${path}`, { method, headers: { [header]: value } });
  texts.push(`${answer.status} ${await answer.text()}`);
}

/** So many, each once the one before is answered. */
async function inTurn(left) {
  if (left === 0) return;
  await one();
  await inTurn(left - 1);
}

const count = Number(requests);
const work = mode === 'inTurn' ? [inTurn(count)] : Array.from({ length: count }, one);
const settled = await Promise.allSettled(work);
parent.postMessage(
  {
    done: texts.filter((text) => text === '200 {}').length,
    refused,
    tookMs: Math.round(performance.now() - began),
    errors: settled.flatMap(({ reason }) => (reason ? [String(reason)] : [])),
    told: fetch.snapshot().scopes.flatMap(({ limits }) => limits.map(({ name, limit }) => [name, limit])),
  },
  '*',
);

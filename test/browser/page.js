// What each tab does: its part of the work. Tabs of one `share` have one pacer; `inTurn`: each request once the one before is answered.
// What came of it goes to whoever opened it.
import { createFetch } from 'headgate/client';
import { broadcast, electByLock, share } from 'headgate/client/share';

const { api, path, method, requests, headers, shared, inTurn } = JSON.parse(
  decodeURIComponent(location.search.slice(1)),
);
let refused = 0;
const onEvent = ({ type, status }) => {
  if (type === 'answered' && status === 429) refused++;
};
const fetch = createFetch(
  shared ? { pacer: share({ channel: broadcast('api'), elect: electByLock('api') }), onEvent } : { onEvent },
);
const began = performance.now();
const texts = [];
const work = [];
for (let i = 0; i < requests; i++) {
  const one = fetch(`${api}${path}`, { method, headers }).then(async (answer) => {
    texts.push(`${answer.status} ${await answer.text()}`);
  });
  work.push(one);
  if (inTurn) await one.catch(() => {});
}
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

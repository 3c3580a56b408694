// What each tab does: its part of the work, by a pacer that all tabs share. What came of it goes to whoever opened it.
import { createFetch } from 'headgate/client';
import { broadcast, electByLock, share } from 'headgate/client/share';

const { api, requests } = Object.fromEntries(new URLSearchParams(location.search));
let refused = 0;
const fetch = createFetch({
  pacer: share({ channel: broadcast('api'), elect: electByLock('api') }),
  onEvent: ({ type, status }) => {
    if (type === 'answered' && status === 429) refused++;
  },
});
const work = Array.from({ length: Number(requests) }, () =>
  fetch(`${api}/v1/things`, { headers: { 'X-API-Key': 'k' } }),
);
let done = 0;
const errors = [];
for (const settled of await Promise.allSettled(work))
  if (settled.status === 'rejected') errors.push(String(settled.reason));
  else if (settled.value.status === 200) done++;
const told = fetch.snapshot().scopes.flatMap(({ limits }) => limits.map(({ name, limit }) => [name, limit]));
parent.postMessage({ done, refused, errors, told }, '*');

// One process of several on one key: node share-worker.mjs <url> <socket> <requests>. Prints how many were done and refused.
import { createFetch } from 'headgate/client';
import { share } from 'headgate/client/share';
import { localSocket } from 'headgate/client/socket';

const [url, path, requests] = process.argv.slice(2);
let refused = 0;
const pacer = share(localSocket(path));
const fetch = createFetch({
  pacer,
  onEvent: ({ type, status }) => {
    if (type === 'answered' && status === 429) refused++;
  },
});
const work = Array.from({ length: Number(requests) }, () => fetch(url, { headers: { 'X-API-Key': 'k' } }));
const done = (await Promise.all(work)).filter(({ status }) => status === 200).length;
process.stdout.write(`${JSON.stringify({ done, refused })}\n`);
// What leads stays while others may need it; whoever started it ends it.
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));

// One process of several on one key: node share-worker.mjs <url> <medium> <place> <requests>. Prints how many were done and refused.
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { createFetch } from 'headgate/client';
import { throughRedis } from 'headgate/client/redis';
import { share } from 'headgate/client/share';
import { localSocket } from 'headgate/client/socket';

const MEDIA = {
  socket: (place) => localSocket(place),
  ioredis: (place) => throughRedis(new Redis({ host: '127.0.0.1', port: Number(place) }), 'api'),
  'node-redis': async (place) => {
    const client = createClient({ socket: { host: '127.0.0.1', port: Number(place) } });
    client.on('error', () => {});
    return throughRedis(await client.connect(), 'api');
  },
};

const [url, medium, place, requests] = process.argv.slice(2);
let refused = 0;
const pacer = share(await MEDIA[medium](place));
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

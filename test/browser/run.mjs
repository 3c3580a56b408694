// npm run browser: the client in headless Chromium, through the gateway: four tabs on one key; one tab for each of the five shipped policies;
// and one whose answers the browser's own cache keeps, and asks about. Needs `chromium` on the PATH: on Debian, `apt-get install chromium`. It is
// not part of `npm test`, which needs nothing but npm.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { browse, gateway, listen, strike } from './stage.mjs';

const DEADLINE_MS = 120_000;
const TABS = 4;
const EACH = 12;
const RATE = 10;
const KEPT = 9;
const KEPT_RATE = 4;
const WINDOW_MS = 2000;

const limited = (rate) => `headgate: 1
identify: { key: { header: X-API-Key, find: any } }
limits: { calls: { rate: ${rate}/2s, algorithm: fixed, per: key } }
respond: { expose: true, headers: { of: calls, dialect: ratelimit } }
`;
/** As it is shipped, but for other origins: what the five pages tell is for servers. */
const shipped = (name) =>
  readFileSync(`policies/${name}.yaml`, 'utf8').replace(/^respond:$/m, 'respond:\n  expose: true');

/** How often the API was asked for what may be kept: whole, and whether it still holds. */
const asked = { 200: 0, 304: 0 };
/** The API: any page may read it, and what its gateway tells; `/v1/kept` only if it changed. */
const upstream = await listen(({ url, method, headers }, response) => {
  const kept = url === '/v1/kept' && method === 'GET';
  const status = kept && headers['if-none-match'] === '"v1"' ? 304 : 200;
  if (kept) asked[status]++;
  response
    .writeHead(status, {
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Headers': 'x-api-key, authorization',
      ...(kept && { ETag: '"v1"', 'Cache-Control': 'private, no-cache' }),
    })
    .end(status === 304 ? undefined : '{}');
});

const KEYS = { aionvision: 'starter-demo', neolens: 'public-demo' };
const POLICIES = ['aionvision', 'claid', 'deepcreative', 'neolens', 'vetigen'];
const own = { header: 'X-API-Key', value: 'k', method: 'GET' };
const shared = { ...own, path: '/v1/things', requests: EACH, mode: 'shared' };
const tabs = [
  ...Array.from({ length: TABS }, (_, i) => ({ name: `shared ${i + 1}`, policy: 'shared', ...shared })),
  ...POLICIES.map((name) => ({
    name,
    policy: name,
    path: '/v1/image/edit',
    method: 'POST',
    requests: 16,
    header: 'Authorization',
    value: `Bearer ${KEYS[name] ?? 'k'}`,
    mode: 'own',
  })),
  { ...own, name: 'kept', policy: 'kept', path: '/v1/kept', requests: KEPT, mode: 'inTurn' },
];
const texts = { shared: limited(RATE), kept: limited(KEPT_RATE) };
const names = [...new Set(tabs.map(({ policy }) => policy))];
const urls = await Promise.all(names.map((name) => gateway(name, texts[name] ?? shipped(name), upstream)));
const apis = Object.fromEntries(names.map((name, i) => [name, urls[i]]));

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('page.js', import.meta.url))],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'browser',
});

let heard;
const results = new Promise((resolve) => (heard = resolve));
const site = await listen((request, response) => {
  if (request.url.startsWith('/tab')) html(response, '<script type="module" src="/page.js"></script>');
  else if (request.url === '/page.js')
    response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(outputFiles[0].text);
  else if (request.method === 'POST') hear(request, response);
  else html(response, opener());
});

function hear(request, response) {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    response.end();
    heard(JSON.parse(Buffer.concat(chunks)));
  });
}

function html(response, body) {
  response.writeHead(200, { 'Content-Type': 'text/html' }).end(`<!doctype html>${body}`);
}

/** Opens the tabs as frames, and sends on what all of them say, each in its place. */
function opener() {
  const frames = tabs.map((tab) => {
    const work = new URLSearchParams({ ...tab, api: apis[tab.policy] });
    return `<iframe src="/tab?${String(work).replaceAll('&', '&amp;')}"></iframe>`;
  });
  return `${frames.join('')}<script>
    const all = [];
    addEventListener('message', ({ data, source }) => {
      all[Array.from(frames).indexOf(source)] = data;
      if (all.filter(Boolean).length === ${tabs.length}) fetch('/', { method: 'POST', body: JSON.stringify(all) });
    });
  </script>`;
}

browse(site);
const late = setTimeout(() => heard([]), DEADLINE_MS);
const said = await results;
clearTimeout(late);
await strike();

const faults = tabs.flatMap(({ name, requests }, i) => {
  const { done, refused, tookMs, errors, told } = said[i] ?? { done: 0, refused: 0, errors: ['nothing heard'] };
  process.stdout.write(`browser: ${name}: ${done} of ${requests} done in ${tookMs} ms, ${refused} refused\n`);
  process.stdout.write(`browser:   ${JSON.stringify({ errors, told })}\n`);
  return done === requests && refused === 0 ? [] : [name];
});
// The cache asks each time but the first, and what it asks counts: so it waits its turn.
process.stdout.write(`browser: kept: the API was asked ${asked[200]} times whole, ${asked[304]} times if it changed\n`);
if (asked[200] !== 1 || asked[304] !== KEPT - 1) faults.push('kept: not asked about once for each');
const leastMs = (Math.ceil(KEPT / KEPT_RATE) - 1) * WINDOW_MS;
if ((said.at(-1)?.tookMs ?? 0) < leastMs) faults.push(`kept: done before ${leastMs} ms, so not paced`);
for (const fault of faults) process.stderr.write(`browser: FAILED: ${fault}\n`);
process.exit(faults.length === 0 ? 0 : 1);

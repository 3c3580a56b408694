// npm run browser: the client in headless Chromium, four tabs on one key, through the gateway. Needs `chromium` on the PATH: on Debian,
// `apt-get install chromium`. It is not part of `npm test`, which needs nothing but npm.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const TABS = 4;
const EACH = 12;
const RATE = 10;
const DEADLINE_MS = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'headgate-browser-'));
const children = [];

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('page.js', import.meta.url))],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'browser',
});

/** The API: any page may read it, and what its gateway tells. */
const upstream = await listen((_request, response) =>
  response
    .writeHead(200, { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': 'x-api-key' })
    .end('{}'),
);

const policy = join(folder, 'policy.yaml');
writeFileSync(
  policy,
  `headgate: 1
identify: { key: { header: X-API-Key, find: any } }
limits: { calls: { rate: ${RATE}/2s, algorithm: fixed, per: key } }
respond: { expose: true, headers: { of: calls, dialect: ratelimit } }
`,
);
const gateway = start(process.execPath, [
  'packages/server/bin/headgate.mjs',
  'serve',
  policy,
  '--upstream',
  upstream.url,
  '--listen',
  '127.0.0.1:0',
]);
const api = await said(gateway.stdout, /http:\/\/\S+/);

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

/** Opens the tabs as frames, and sends on what all of them say. */
function opener() {
  const frame = `<iframe src="/tab?requests=${EACH}&api=${encodeURIComponent(api)}"></iframe>`;
  return `${frame.repeat(TABS)}<script>
    const all = [];
    addEventListener('message', ({ data }) => all.push(data) === ${TABS} && fetch('/', { method: 'POST', body: JSON.stringify(all) }));
  </script>`;
}

start('chromium', ['--headless=new', '--no-sandbox', '--disable-gpu', `--user-data-dir=${folder}/profile`, site.url]);
const late = setTimeout(() => heard([]), DEADLINE_MS);
const tabs = await results;
clearTimeout(late);
for (const child of children) child.kill();
upstream.server.close();
site.server.close();

const done = tabs.reduce((sum, tab) => sum + tab.done, 0);
const refused = tabs.reduce((sum, tab) => sum + tab.refused, 0);
process.stdout.write(`browser: ${done} of ${TABS * EACH} done by ${tabs.length} tabs, ${refused} refused\n`);
for (const { errors, told } of tabs) process.stdout.write(`browser: ${JSON.stringify({ errors, told })}\n`);
await Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')));
rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
process.exit(done === TABS * EACH && refused === 0 ? 0 : 1);

async function listen(listener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}

function start(command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  child.on('error', (error) => {
    process.stderr.write(`browser: cannot run ${command}: ${error.message}\n`);
    process.exit(1);
  });
  children.push(child);
  return child;
}

function said(stream, pattern) {
  return new Promise((resolve) => stream.on('data', (text) => pattern.test(text) && resolve(pattern.exec(text)[0])));
}

function html(response, body) {
  response.writeHead(200, { 'Content-Type': 'text/html' }).end(`<!doctype html>${body}`);
}

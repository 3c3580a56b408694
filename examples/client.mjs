// node examples/client.mjs [claid | deepcreative | vetigen | neolens | aionvision]
// Work of sixteen requests at once, through the gateway with one of the shipped policies, by the client that keeps to its limits.
// Needs `npm run build` once.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createFetch } from 'headgate/client';

const [name = 'claid'] = process.argv.slice(2);
const KEYS = { aionvision: 'starter-demo', neolens: 'public-demo' };
const headers = { Authorization: `Bearer ${KEYS[name] ?? 'my-key'}` };

const api = createServer((_request, response) => response.end('{"done":true}')).listen(0, '127.0.0.1');
await once(api, 'listening');
const upstream = `http://127.0.0.1:${api.address().port}`;
const gateway = spawn(
  process.execPath,
  [
    'packages/server/bin/headgate.mjs',
    'serve',
    `policies/${name}.yaml`,
    '--upstream',
    upstream,
    '--listen',
    '127.0.0.1:0',
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
gateway.on('exit', (code) => process.exit(code ?? 0));
const url = await new Promise((resolve) => {
  gateway.stdout.on('data', (text) => /http:\/\/\S+/.exec(text) && resolve(/http:\/\/\S+/.exec(text)[0]));
});

let refused = 0;
const fetch = createFetch({ onEvent: ({ type, status }) => type === 'answered' && status === 429 && refused++ });
const began = performance.now();
const work = Array.from({ length: 16 }, () => fetch(`${url}/v1/image/edit`, { method: 'POST', headers }));
const statuses = (await Promise.all(work)).map(({ status }) => status);

const took = ((performance.now() - began) / 1000).toFixed(1);
console.log(
  `${name}: ${statuses.filter((status) => status === 200).length} of 16 done in ${took} s, ${refused} refused`,
);
for (const { name: limit, remaining, limit: of, nextAtMs } of fetch.snapshot().scopes[0].limits) {
  const back = remaining > 0 ? '' : `, back in ${Math.max(0, Math.ceil((nextAtMs - Date.now()) / 1000))} s`;
  console.log(`  ${limit || 'limit'}: ${remaining} of ${of} left${back}`);
}

gateway.kill();
api.close();

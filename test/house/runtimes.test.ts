import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { runtime } from './runtimes.ts';
import { entries, installInto, NEEDS } from './stranger.ts';
import { emptyFolder, write } from './temporary.ts';

const bun = runtime('bun');
const deno = runtime('deno');
const workerd = runtime('workerd');

const { folder, remove } = emptyFolder();
beforeAll(() => {
  installInto(folder, ['hono']);
  return remove;
});

// Skipped on a machine for which nobody packs the runtime.
describe.each([
  ['Bun', bun, []],
  ['Deno', deno, ['run', '--no-remote', '--allow-env']],
] as const)('%s', (_, command, args) => {
  test.runIf(command).each(entries.filter(({ name }) => !(name in NEEDS)))('loads $name', ({ name }) => {
    write(folder, { 'load.mjs': `console.log(Object.keys(await import('${name}')).length > 0);` });
    const { status, stdout, stderr } = spawnSync(command ?? '', [...args, 'load.mjs'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'true\n', stderr: '' });
  });
});

/** Programs that let two requests a minute pass, each a module that a runtime serves: `export default { fetch }`. */
const PROGRAMS = {
  'the library': `
    import { limit } from 'headgate';
    const gate = limit('2/minute');
    export default {
      fetch() {
        const { allowed } = gate.decide('anybody');
        return new Response('', { status: allowed ? 200 : 429 });
      },
    };`,
  'headgate/hono': `
    import { Hono } from 'hono';
    import { hono } from 'headgate/hono';
    const app = new Hono();
    app.use(hono('2/minute', PEER));
    app.get('/', (c) => c.json(c.get('headgate')));
    export default app;`,
  'headgate/fetch': `
    import { fetch as headgate } from 'headgate/fetch';
    const gate = headgate('2/minute', { peer: (request) => request.headers.get('cf-connecting-ip') ?? undefined });
    export default { fetch: gate((request) => Response.json(gate.of(request))) };`,
};
const programs = Object.entries(PROGRAMS);

const TWO_PASS = [200, 200, 429];

/** What three requests come to, one after another. */
async function answersOf(url: string): Promise<readonly number[]> {
  const answers: Response[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one after another
  for (let i = 0; i < 3; i++) answers.push(await fetch(url, { headers: { 'CF-Connecting-IP': '203.0.113.7' } }));
  return answers.map(({ status }) => status);
}

const CONFIG = `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker", esModule = embed "worker.js")], compatibilityDate = "2026-01-01"))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
`;

/** Runs what listens until the test ends; resolves with what it prints first. @throws what it complains of */
async function said(command: string, args: readonly string[]): Promise<string> {
  const served = spawn(command, args, { cwd: folder });
  onTestFinished(() => void served.kill());
  let complaint = '';
  served.stderr.on('data', (chunk) => (complaint += String(chunk)));
  const [first] = (await Promise.race([
    once(served.stdout, 'data'),
    once(served, 'exit').then(() => Promise.reject(new Error(complaint))),
  ])) as [Buffer]; // A stream's first piece.
  return String(first);
}

/** Serves a module as Cloudflare's Workers do. */
async function worker(code: string): Promise<string> {
  write(folder, { 'worker.mjs': code, 'worker.capnp': CONFIG });
  const [entryPoints, outfile] = [[join(folder, 'worker.mjs')], join(folder, 'worker.js')];
  await build({ entryPoints, outfile, bundle: true, format: 'esm', conditions: ['workerd', 'worker'] });
  const told = await said(workerd ?? '', ['serve', '--control-fd=1', 'worker.capnp']);
  const { port } = JSON.parse(told) as { port: number }; // `{"event":"listen","socket":"http","port":…}`
  return `http://127.0.0.1:${port}`;
}

describe('a Worker of Cloudflare’s', () => {
  test.runIf(workerd).each(programs)(
    'limits with %s, made while the module loads, when there is neither chance nor time',
    async (_, code) => {
      expect(
        await answersOf(await worker(code.replace('PEER', "{ peer: (c) => c.req.header('cf-connecting-ip') }"))),
      ).toEqual(TWO_PASS);
    },
  );
});

/** How a module is served there, which prints where it listens. */
const SERVE = {
  bun: 'const { port } = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: served.fetch }); console.log(port);',
  deno: 'Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: ({ port }) => console.log(port) }, served.fetch);',
};

describe.each([
  ['bun', bun, []],
  ['deno', deno, ['run', '--no-remote', '--allow-env', '--allow-net=127.0.0.1']],
] as const)('served by %s', (name, command, args) => {
  test.runIf(command).each(programs)('%s limits, by the address that the runtime tells', async (_, code) => {
    const main = `${code.replace(', PEER', '').replace('export default', 'const served =')}\n${SERVE[name]}`;
    write(folder, { 'serve.mjs': main });
    expect(await answersOf(`http://127.0.0.1:${(await said(command ?? '', [...args, 'serve.mjs'])).trim()}`)).toEqual(
      TWO_PASS,
    );
  });
});

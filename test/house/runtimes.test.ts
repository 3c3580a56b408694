import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { runtime } from './runtimes.ts';
import { entries, installInto } from './stranger.ts';
import { emptyFolder, write } from './temporary.ts';

const bun = runtime('bun');
const deno = runtime('deno');
const workerd = runtime('workerd');

const { folder, remove } = emptyFolder();
beforeAll(() => {
  installInto(folder);
  return remove;
});

// Skipped on a machine for which nobody packs the runtime.
describe.each([
  ['Bun', bun, []],
  ['Deno', deno, ['run', '--no-remote', '--allow-env']],
] as const)('%s', (_, command, args) => {
  test.runIf(command).each(entries)('loads $name', ({ name }) => {
    write(folder, { 'load.mjs': `console.log(Object.keys(await import('${name}')).length > 0);` });
    const { status, stdout, stderr } = spawnSync(command ?? '', [...args, 'load.mjs'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'true\n', stderr: '' });
  });
});

const WORKER = `
import { limit } from 'headgate';
const gate = limit('2/minute');
export default {
  fetch(request) {
    const { allowed, remaining } = gate.decide(new URL(request.url).pathname);
    return new Response(String(remaining), { status: allowed ? 200 : 429 });
  },
};
`;

const CONFIG = `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker", esModule = embed "worker.js")], compatibilityDate = "2026-01-01"))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
`;

/** Serves a module as Cloudflare's Workers do, until the test ends. */
async function worker(code: string): Promise<string> {
  write(folder, { 'worker.mjs': code, 'worker.capnp': CONFIG });
  const [entryPoints, outfile] = [[join(folder, 'worker.mjs')], join(folder, 'worker.js')];
  await build({ entryPoints, outfile, bundle: true, format: 'esm', conditions: ['workerd', 'worker'] });
  const served = spawn(workerd ?? '', ['serve', '--control-fd=1', 'worker.capnp'], { cwd: folder });
  onTestFinished(() => void served.kill());
  let complaint = '';
  served.stderr.on('data', (chunk) => (complaint += String(chunk)));
  const [said] = (await Promise.race([
    once(served.stdout, 'data'),
    once(served, 'exit').then(() => Promise.reject(new Error(complaint))),
  ])) as [Buffer]; // A stream's first piece.
  const { port } = JSON.parse(String(said)) as { port: number }; // `{"event":"listen","socket":"http","port":…}`
  return `http://127.0.0.1:${port}`;
}

describe('a Worker of Cloudflare’s', () => {
  test.runIf(workerd)(
    'has a gate that is made while the module loads, when there is neither chance nor time',
    async () => {
      const url = await worker(WORKER);
      const answers = [];
      // oxlint-disable-next-line no-await-in-loop -- one after another
      for (const path of ['/a', '/a', '/a', '/b']) answers.push(await fetch(url + path).then(({ status }) => status));
      expect(answers).toEqual([200, 200, 429, 200]);
    },
  );
});

import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import beside from '../runtimes/package.json' with { type: 'json' };
import { listening } from './listening.ts';
import { installInto, link } from './stranger.ts';
import { root, temporaryFolder } from './temporary.ts';

// All other tests are of version 11.
test('the example of Nest runs on Nest 12', async () => {
  const folder = temporaryFolder();
  installInto(folder);
  for (const name of Object.keys(beside.dependencies))
    link(folder, name, join(root, 'test/runtimes/node_modules', name));
  const outfile = join(folder, 'nest.mjs');
  await build({
    entryPoints: [join(root, 'examples/nest.ts')],
    outfile,
    bundle: true,
    packages: 'external',
    format: 'esm',
  });
  const url = await listening([outfile], folder);
  const told = await fetch(url);
  expect([await told.json(), told.headers.get('ratelimit-policy')]).toEqual([{ remaining: 99 }, '"limit";q=100;w=60']);
  const logins = await Promise.all(Array.from({ length: 6 }, () => fetch(`${url}/login`, { method: 'POST' })));
  expect(logins.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 201, 201, 201, 201, 429]);
});

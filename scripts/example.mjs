// Runs one of examples/: compiled as an app of Nest's would be, for decorators are nothing that Node can run.
import { mkdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('../examples/', import.meta.url));
const names = ['node', 'express', 'koa', 'fastify', 'hono', 'fetch', 'nest'];
const [name] = process.argv.slice(2);
if (!names.includes(name)) {
  process.stderr.write(`headgate: expected one of ${names.join(', ')}, got ${name}\n`);
  process.exit(1);
}

mkdirSync(`${folder}dist`, { recursive: true });
const outfile = `${folder}dist/${name}.mjs`;
await build({
  entryPoints: [`${folder}${name}.ts`],
  outfile,
  bundle: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  target: 'node22',
});
await import(pathToFileURL(outfile).href);

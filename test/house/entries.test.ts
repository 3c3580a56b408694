import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { describe, expect, test } from 'vitest';
import library from '../../packages/headgate/package.json' with { type: 'json' };
import { peers } from './stranger.ts';
import { root } from './temporary.ts';

/** At most so many gzipped bytes, with all that an entry loads at once. Every entry has a figure. */
const CEILINGS: Readonly<Record<string, number>> = {
  '.': 8192,
  './all': 25_600,
  './policy': 245_760,
  './http': 108_544,
  './client': 8192,
  './client/socket': 1024,
  './client/redis': 1536,
  './client/limits': 3072,
  './client/share': 5120,
  './client/plan': 1024,
  './client/batch': 1024,
  './client/poll': 1536,
  './client/intercept': 9216,
  './testing': 45_056,
  './node': 122_880,
  './express': 122_880,
  './koa': 122_880,
  './fastify': 122_880,
  './hono': 124_928,
  './fetch': 122_880,
  './nest': 124_928,
  './sqlite': 25_600,
  './redis': 32_768,
  './leases': 8192,
};

/** What only `headgate/policy` may load: 173 kB together, and a tenth of a second of imports. */
const POLICY_ONLY = new Set(['zod', 'yaml', '@marcbachmann/cel-js']);

/** What is loaded when a policy needs it, and not with the entry. */
const LATER = new Set(['jose', 'tldts']);

/** For whoever calls an API: no server's code is in them. */
const CLIENT = Object.keys(library.exports).filter((entry) => entry.startsWith('./client'));

/** Entries that know nothing of requests, and so of tokens. */
const WITHOUT_HTTP = new Set(['.', './all', './policy', './sqlite', './redis', './leases', './testing', ...CLIENT]);

/** These stand on Node, which hashes by itself; others bring what does. */
const ON_NODE = new Set(['./node', './express', './koa', './fastify', './nest']);

/** Every suite of it tries every kind of limit, so it plugs them in at once; package.json says so under `sideEffects`. */
const DOES_SOMETHING = new Set(['./testing']);

const entries = Object.entries(library.exports).flatMap(([entry, target]) =>
  typeof target === 'string' ? [] : [{ entry, file: join(root, 'packages/headgate', target.default) }],
);

async function bundle(file: string, external: readonly string[] = []): Promise<{ text: string; meta: Metafile }> {
  const { outputFiles, metafile } = await build({
    entryPoints: [file],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    external: [...external, ...peers, 'rxjs'],
    absWorkingDir: root,
  });
  return { text: outputFiles[0]?.text ?? '', meta: metafile };
}

/** The modules that weigh most, to read when a budget is broken. */
function heaviest(meta: Metafile): string {
  const inputs = Object.values(meta.outputs).flatMap((output) => Object.entries(output.inputs));
  return inputs
    .toSorted(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput)
    .slice(0, 10)
    .map(([file, { bytesInOutput }]) => `${String(bytesInOutput).padStart(8)} ${file}`)
    .join('\n');
}

const packageOf = (file: string): string | undefined => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1];

function packagesIn(meta: Metafile): string[] {
  const outside = Object.values(meta.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  return [...new Set([...Object.keys(meta.inputs).map(packageOf), ...outside])].filter((name) => name !== undefined);
}

describe.each(entries)('the entry $entry', ({ entry, file }) => {
  test('is bundled from what was built', async () => {
    const { meta } = await bundle(file);
    expect(Object.keys(meta.inputs).some((input) => input.startsWith('packages/headgate/dist/'))).toBe(true);
  });

  test.runIf(entry === '.' || (entry.startsWith('./client') && entry !== './client/socket'))(
    'imports no package',
    async () => {
      expect(packagesIn((await bundle(file)).meta)).toEqual([]);
    },
  );

  test.runIf(entry !== './policy')('leaves the policy language out', async () => {
    const names = packagesIn((await bundle(file)).meta);
    expect(names.filter((name) => POLICY_ONLY.has(name))).toEqual([]);
  });

  test.runIf(ON_NODE.has(entry))('brings nothing that Node has', async () => {
    const written = Object.values((await bundle(file)).meta.outputs).flatMap(({ inputs }) => Object.entries(inputs));
    const left = written.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => packageOf(path));
    expect(left).toContain('ipaddr.js');
    expect(left).not.toContain('@noble/hashes');
  });

  test('loads later what few policies need', async () => {
    const { inputs } = (await bundle(file)).meta;
    const ours = Object.entries(inputs).filter(([path]) => packageOf(path) === undefined);
    const imports = ours.flatMap(([, input]) => input.imports).filter(({ path }) => LATER.has(packageOf(path) ?? ''));
    expect(imports.filter(({ kind }) => kind !== 'dynamic-import')).toEqual([]);
    expect(imports.length > 0).toBe(!WITHOUT_HTTP.has(entry));
  });

  test(`weighs at most ${CEILINGS[entry]} bytes gzipped`, async () => {
    const { text, meta } = await bundle(file, [...LATER]);
    const bytes = gzipSync(text).length;
    expect(bytes, `${bytes} bytes gzipped; minified, the heaviest are:\n${heaviest(meta)}`).toBeLessThanOrEqual(
      CEILINGS[entry] ?? 0,
    );
  });

  test('is dropped by a bundler when nothing of it is used, unless importing it does something', async () => {
    const name = `headgate${entry.slice(1)}`;
    const { outputFiles } = await build({
      stdin: { contents: `import '${name}';`, resolveDir: join(root, 'packages/server') },
      bundle: true,
      write: false,
      platform: 'node',
      external: [...peers],
      logLevel: 'error', // esbuild warns of an import that it drops, which is what is claimed here.
    });
    expect((outputFiles[0]?.text ?? '').includes('plugAll')).toBe(DOES_SOMETHING.has(entry));
  });
});

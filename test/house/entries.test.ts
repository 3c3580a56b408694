import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { describe, expect, test } from 'vitest';
import library from '../../packages/headgate/package.json' with { type: 'json' };
import { root } from './temporary.ts';

/** Gzipped bytes; what nobody pays for is not promised, so an entry without a figure has none. */
const BUDGETS: Readonly<Record<string, number>> = { '.': 8192, './client': 8192 };

/** What only `headgate/policy` may load: 173 kB together, and a tenth of a second of imports. */
const POLICY_ONLY = new Set([
  'zod',
  'yaml',
  '@marcbachmann/cel-js',
  'temporal-polyfill',
  'temporal-spec',
  'temporal-utils',
]);

/** What is loaded when a policy needs it, and not with the entry. */
const LATER = new Set(['jose']);

const entries = Object.entries(library.exports).flatMap(([entry, target]) =>
  typeof target === 'string' ? [] : [{ entry, file: join(root, 'packages/headgate', target.default) }],
);

async function bundle(file: string): Promise<{ text: string; meta: Metafile }> {
  const { outputFiles, metafile } = await build({
    entryPoints: [file],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
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

  test('loads later what few policies need', async () => {
    const { inputs } = (await bundle(file)).meta;
    const ours = Object.entries(inputs).filter(([path]) => packageOf(path) === undefined);
    const imports = ours.flatMap(([, input]) => input.imports).filter(({ path }) => LATER.has(packageOf(path) ?? ''));
    expect(imports.filter(({ kind }) => kind !== 'dynamic-import')).toEqual([]);
    expect(imports.length > 0).toBe(entry === './http');
  });

  const budget = BUDGETS[entry];
  test.runIf(budget !== undefined)(`weighs at most ${budget} bytes gzipped`, async () => {
    const { text, meta } = await bundle(file);
    const bytes = gzipSync(text).length;
    expect(bytes, `${bytes} bytes gzipped; minified, the heaviest are:\n${heaviest(meta)}`).toBeLessThanOrEqual(
      budget ?? 0,
    );
  });
});

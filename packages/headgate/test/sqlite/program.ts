import { symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const packages = fileURLToPath(new URL('../../../../node_modules', import.meta.url));

/** A test's own program as one file, so that a process of it is there in no time. Its driver is the one that is installed. */
export async function programFile(source: string, folder: string): Promise<string> {
  const outfile = join(folder, 'program.mjs');
  const entry = fileURLToPath(new URL(source, import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, format: 'esm', platform: 'node', logLevel: 'error' });
  symlinkSync(packages, join(dirname(outfile), 'node_modules'));
  return outfile;
}

import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const packages = fileURLToPath(new URL('../../../../node_modules', import.meta.url));

/** A test's own program as one file, so that a process of it is there in no time. Its driver is the one that is installed. */
export async function programFile(source: string, folder: string, name = 'program.mjs'): Promise<string> {
  const outfile = join(folder, name);
  const entry = fileURLToPath(new URL(source, import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, format: 'esm', platform: 'node', logLevel: 'error' });
  const link = join(folder, 'node_modules');
  if (!existsSync(link)) symlinkSync(packages, link);
  return outfile;
}

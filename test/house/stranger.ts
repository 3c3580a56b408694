import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, renameSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import library from '../../packages/headgate/package.json' with { type: 'json' };
import { root, write } from './temporary.ts';

/** Packages that a user may or may not have, as the manifest names them. */
export const peers: readonly string[] = Object.keys(library.peerDependencies);

/** Entries that cannot do without the framework they are for, and what of it they load. */
export const NEEDS: Readonly<Record<string, readonly string[]>> = {
  'headgate/nest': ['@nestjs/common', '@nestjs/core', 'rxjs'],
};

/** Every entry that is code, by the name a user imports, with where it stands in the package. */
export const entries: readonly { name: string; types: string; code: string }[] = Object.entries(
  library.exports,
).flatMap(([entry, target]) =>
  typeof target === 'string'
    ? []
    : [{ name: entry.replace('.', 'headgate'), types: target.types, code: target.default }],
);

/** @throws what the command printed, when it did not end well */
function done(command: string, args: readonly string[], folder: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32', // There npm is a .cmd file, which only a shell starts.
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${status}\n${stdout}${stderr}`);
  return stdout;
}

/** Where our own install put a package; the workspace has its own copy where versions differ. */
function present(name: string): string {
  const found = ['packages/headgate/node_modules', 'node_modules']
    .map((folder) => join(root, folder, name))
    .find((folder) => existsSync(folder));
  if (found === undefined) throw new Error(`${name}: is not installed here`);
  return realpathSync(found);
}

/** Puts a package into an empty folder, as a link to where it is installed. */
export function link(folder: string, name: string, installed: string = present(name)): void {
  const place = join(folder, 'node_modules', name);
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(installed, place, 'junction');
}

/**
 * Makes of an empty folder what `npm install headgate` leaves: the packed files, and of packages only what the manifest asks for, so that an
 * import that it does not name fails here. They are links into our own node_modules, which needs no network.
 */
export function installInto(folder: string, beside: readonly string[] = []): void {
  write(folder, { 'package.json': '{ "private": true }', 'node_modules/.keep': '' });
  const [packed] = JSON.parse(
    done('npm', ['pack', '--json', '--pack-destination', folder], join(root, 'packages/headgate')),
  ) as [{ filename: string }]; // npm's own account of what it packed.
  done('tar', ['-xzf', packed.filename, '-C', 'node_modules'], folder);
  renameSync(join(folder, 'node_modules/package'), join(folder, 'node_modules/headgate'));
  for (const name of [...Object.keys(library.dependencies), ...beside]) link(folder, name);
}

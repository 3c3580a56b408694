import { existsSync } from 'node:fs';
import { join } from 'node:path';
import beside from '../runtimes/package.json' with { type: 'json' };
import { root } from './temporary.ts';

const here = `${process.platform}-${process.arch}`;
const aside = 'test/runtimes/node_modules';
const exe = process.platform === 'win32' ? '.exe' : '';

/** Cloudflare and Bun have their own names for what Node calls `arm64`, `x64` and `win32`. */
const renamed = (names: Readonly<Record<string, string>>): string =>
  here.replaceAll(/win32|arm64|x64/g, (word) => names[word] ?? word);

/** Packages that hold a runtime for this machine, by the runtime's name, and the file in them. */
const PACKAGES = {
  bun: [`@oven/bun-${renamed({ win32: 'windows', arm64: 'aarch64' })}`, `bin/bun${exe}`],
  deno: [`@deno/${here}${process.platform === 'linux' ? '-glibc' : ''}`, `deno${exe}`],
  workerd: [`@cloudflare/workerd-${renamed({ win32: 'windows', x64: '64' })}`, `bin/workerd${exe}`],
  'node 22': [`node-22-${here}`, `bin/node${exe}`],
  'node 26': [`node-26-${here}`, `bin/node${exe}`],
} as const;

export type Runtime = keyof typeof PACKAGES;

/** Where a runtime stands; undefined on a machine for which nobody packs it. @throws when it is not installed */
export function runtime(name: Runtime): string | undefined {
  const [owner, file] = PACKAGES[name];
  if (!Object.hasOwn(beside.optionalDependencies, owner)) return undefined;
  const path = join(root, aside, owner, file);
  if (!existsSync(path)) throw new Error(`${owner} is not installed: "npm test" does that`);
  return path;
}

import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { runtime } from './runtimes.ts';
import { entries, installInto, NEEDS, peers } from './stranger.ts';
import { emptyFolder, root, write } from './temporary.ts';

const { folder: alone, remove: removeAlone } = emptyFolder();
const { folder: together, remove: removeTogether } = emptyFolder();
beforeAll(() => {
  installInto(alone);
  // Packages whose types are another package, which their users install.
  installInto(together, [...peers, '@types/koa', '@types/better-sqlite3']);
  return () => [removeAlone, removeTogether].forEach((remove) => remove());
});

const free = entries.filter(({ name }) => !(name in NEEDS));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(node: string, folder: string, ...args: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(node, args, { cwd: folder, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** The Nodes that we support, each the newest of its line when it was written down; the tests themselves run on the pinned one. */
const NODES = { 22: runtime('node 22'), 24: process.execPath, 26: runtime('node 26') };

// Skipped on a machine for which nobody packs a Node.
describe.each([22, 24, 26] as const)('installed by a stranger, on Node %i', (version) => {
  const node = NODES[version];
  test.runIf(node)('is that Node', () => {
    expect(run(node ?? '', alone, '--version').stdout).toMatch(version === 24 ? /^v2\d\./ : `v${version}.`);
  });

  describe.runIf(node)('with no framework', () => {
    test.each(free)('$name loads, silently', ({ name }) => {
      const program = `const all = Object.keys(await import('${name}')); if (all.length === 0) throw new Error('nothing');`;
      expect(run(node ?? '', alone, '--input-type=module', '-e', program)).toEqual({
        status: 0,
        stdout: '',
        stderr: '',
      });
    });

    test.each(free)('$name is required by CommonJS', ({ name }) => {
      const program = `process.stdout.write(typeof require('${name}'))`;
      expect(run(node ?? '', alone, '--input-type=commonjs', '-e', program)).toMatchObject({
        status: 0,
        stdout: 'object',
      });
    });
  });

  test.runIf(node).each(Object.keys(NEEDS))('%s says which package it misses, and loads beside it', (name) => {
    const program = `await import('${name}')`;
    const missing = run(node ?? '', alone, '--input-type=module', '-e', program).stderr;
    expect(NEEDS[name]?.some((needed) => missing.includes(`Cannot find package '${needed}'`))).toBe(true);
    expect(run(node ?? '', together, '--input-type=module', '-e', program)).toMatchObject({ status: 0, stderr: '' });
  });

  test.runIf(node)(
    'all entries together change nothing that is everybody’s, but for the registries that zod keeps',
    () => {
      cpSync(join(root, 'test/house/what-changes.mjs'), join(together, 'what-changes.mjs'));
      const changed = run(node ?? '', together, 'what-changes.mjs', ...free.map(({ name }) => name));
      expect(changed).toEqual({
        status: 0,
        stdout: 'global __zod_globalConfig\nglobal __zod_globalRegistry',
        stderr: '',
      });
    },
  );
});

/** Ours, and the one of 2024 that attw brings: the last that knows `moduleResolution: node10`. */
const attw = createRequire(createRequire(import.meta.url).resolve('@arethetypeswrong/cli/package.json'));
const COMPILERS = {
  ours: join(root, 'node_modules/typescript/bin/tsc'),
  older: join(dirname(createRequire(attw.resolve('@arethetypeswrong/core')).resolve('typescript')), '../bin/tsc'),
};

describe('a stranger’s compiler', () => {
  test.each([
    ['ours', 'nodenext', 'nodenext', 'esnext,dom'],
    ['ours', 'node20', 'node16', 'esnext,dom'],
    ['ours', 'esnext', 'bundler', 'esnext,dom'],
    ['older', 'commonjs', 'node10', 'esnext,dom'],
    // A server's program mostly knows no names of browsers'.
    ['ours', 'nodenext', 'nodenext', 'es2023'],
  ] as const)('(%s, module %s, resolution %s, lib %s) reads every entry, and what its types name', (...mode) => {
    const [compiler, module, how, lib] = mode;
    const uses = entries.map(({ name }, i) => `export * as entry${i} from '${name}';\n`).join('');
    write(together, { 'use.mts': uses });
    const options = ['--strict', '--noEmit', '--target', 'esnext', '--module', module, '--moduleResolution', how];
    options.push('--lib', lib);
    const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')];
    const { stdout } = run(process.execPath, together, COMPILERS[compiler], ...options, ...types, 'use.mts');
    // What is wrong within the types of a framework is for that to mend.
    const ours = stdout.split('\n').filter((line) => /^(?:use\.mts|node_modules\/headgate\/|error)/.test(line));
    expect(ours).toEqual([]);
  });
});

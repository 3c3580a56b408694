import { spawnSync } from 'node:child_process';
import { cpSync, globSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isEntry, layers } from '../../layers.config.ts';
import { root, temporaryFolder, write } from './temporary.ts';

const library = 'packages/headgate/src';
const folders = Object.keys(layers).filter((name) => !isEntry(name));
const entries = Object.keys(layers).filter(isEntry);
const packages = ['zod', 'yaml', '@marcbachmann/cel-js', 'ipaddr.js', 'jose', 'undici', 'node:fs'];

/** A tree with the real rules and empty layers, for imports that the real tree must not have. */
function copyOfTheRules(): string {
  const folder = temporaryFolder();
  const rules = ['tsconfig.base.json', 'oxlint.config.ts', 'layers.config.ts', 'packages/headgate/tsconfig.layer.json'];
  for (const path of [...rules, 'package.json', ...globSync(`${library}/**/tsconfig.json`, { cwd: root })])
    cpSync(join(root, path), join(folder, path));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const name of folders)
    write(folder, {
      [`${library}/${name}/index.ts`]: `export const here = '${name}';\n`,
      [`${library}/${name}/inner.ts`]: 'export const inner = 1;\n',
    });
  for (const entry of entries) write(folder, { [`${library}/${entry}`]: 'export const entry = 1;\n' });
  return folder;
}

/** What a tool prints, with `path(line,column)` and `path:line:column` both read by their path. */
function run(folder: string, command: string, ...args: string[]): string {
  const program = join(root, 'node_modules/.bin', command);
  const { stdout, stderr, error } = spawnSync(program, args, { cwd: folder, encoding: 'utf8', timeout: 60_000 });
  if (error) throw error;
  return stdout + stderr;
}

const refused = (output: string): Set<string> =>
  new Set(output.split('\n').flatMap((line) => /^(packages\S+?)[(:]\d/.exec(line)?.[1] ?? []));

/** One probe: a file of `layer` that holds one import. */
interface Probe {
  readonly file: string;
  readonly text: string;
}

const up = (name: string): string => (isEntry(name) ? './' : '../'.repeat(name.split('/').length));

function probe(layer: string, what: string, specifier: string): Probe {
  const file = isEntry(layer) ? layer : `${layer}/probe-${what.replaceAll(/\W/g, '-')}.ts`;
  return { file: `${library}/${file}`, text: `export * from '${specifier}';\n` };
}

const toLayers = folders.flatMap((layer) =>
  folders.flatMap((other) =>
    other === layer ? [] : [{ layer, other, ...probe(layer, other, `${up(layer)}${other}/index.ts`) }],
  ),
);
const isOpen = ({ layer, other }: { layer: string; other: string }): boolean =>
  layers[layer]?.layers.includes(other) === true;

function filesOf(probes: readonly Probe[]): Record<string, string> {
  return Object.fromEntries(probes.map(({ file, text }) => [file, text]));
}

describe('the compiler', () => {
  // A project sees what its references reference, so http may reach stores/memory through gate; lint refuses that.
  const isReachable = (from: string, other: string): boolean =>
    layers[from]?.layers.some((next) => next === other || isReachable(next, other)) === true;

  test('refuses an import of each layer that is out of reach, and allows each other', () => {
    const folder = copyOfTheRules();
    write(folder, filesOf(toLayers));
    // One project after the other: a probe that is refused still emits the declarations of what it imports, and
    // another project, built beside it, could read them half-written ("is not a module").
    const build = ['-b', '--builders', '1'];
    const seen = refused(run(folder, 'tsc', ...build, ...folders.map((name) => `${library}/${name}`)));
    expect(toLayers.filter((one) => isReachable(one.layer, one.other) === seen.has(one.file))).toEqual([]);
  });

  test.each(entries)('refuses the entry %s a layer that is not listed', (entry) => {
    const folder = copyOfTheRules();
    write(folder, filesOf([probe(entry, 'policy', './policy/index.ts')]));
    expect(run(folder, 'tsc', '-b', library)).toContain("policy/index.ts' is not listed");
  });

  test.each(folders)('reads every source file of %s', (name) => {
    const read = run(root, 'tsc', '-p', `${library}/${name}`, '--listFilesOnly');
    const sources = globSync(`${library}/${name}/**/*.ts`, { cwd: root }).filter(
      (file) => !/\.test(-d)?\.ts$/.test(file),
    );
    expect(sources.length).toBeGreaterThan(0);
    expect(sources.filter((file) => !read.includes(file))).toEqual([]);
  });
});

describe('the lint rules', () => {
  const lint = (folder: string): Set<string> => refused(run(folder, 'oxlint', '-f', 'unix', '-A', 'all', 'packages'));

  test('refuse a layer that is not listed, and the inside of one that is', () => {
    const inner = toLayers.map(({ layer, other }) => probe(layer, `${other}-inner`, `${up(layer)}${other}/inner.ts`));
    const folder = copyOfTheRules();
    write(folder, filesOf([...toLayers, ...inner]));
    const seen = lint(folder);
    expect(toLayers.filter((one) => isOpen(one) === seen.has(one.file))).toEqual([]);
    expect(inner.filter(({ file }) => !seen.has(file))).toEqual([]);
  });

  test.each(entries)('refuse the entry %s a layer that is not listed, and allow each that is', (entry) => {
    const folder = copyOfTheRules();
    const text = folders.map((other) => `import './${other}/index.ts';\n`).join('');
    write(folder, { [`${library}/${entry}`]: text });
    const output = run(folder, 'oxlint', '-f', 'unix', '-A', 'all', `${library}/${entry}`);
    const seen = folders.filter((_, i) => output.includes(`${library}/${entry}:${i + 1}:`));
    expect(seen).toEqual(folders.filter((other) => !isOpen({ layer: entry, other })));
  });

  test('refuse each package that is not listed, and allow each that is', () => {
    const probes = folders.flatMap((layer) => packages.map((name) => ({ layer, name, ...probe(layer, name, name) })));
    const folder = copyOfTheRules();
    write(folder, filesOf(probes));
    const seen = lint(folder);
    const allowed = (layer: string, name: string): boolean =>
      layers[layer]?.packages.some((one) => one === name || (one === 'node:*' && name.startsWith('node:'))) === true;
    expect(probes.filter(({ layer, name, file }) => allowed(layer, name) === seen.has(file))).toEqual([]);
  });

  test('refuse a clock and chance where time and chance are arguments', () => {
    const folder = copyOfTheRules();
    const pure = folders.filter((name) => layers[name]?.pure === true);
    const files = pure.flatMap((name) => [
      { file: `${library}/${name}/clock.ts`, text: 'export const now: number = Date.now();\n' },
      { file: `${library}/${name}/chance.ts`, text: 'export const dice: number = Math.random();\n' },
    ]);
    write(folder, filesOf(files));
    const seen = lint(folder);
    expect(pure).toContain('core');
    expect(files.filter(({ file }) => !seen.has(file))).toEqual([]);
  });

  test('refuse the server the inside of the library', () => {
    const folder = copyOfTheRules();
    const probes = [
      'headgate',
      'headgate/policy',
      'headgate/http',
      'headgate/testing',
      'headgate/all',
      '../../headgate/src/core/index.ts',
    ];
    write(
      folder,
      Object.fromEntries(probes.map((name, i) => [`packages/server/src/probe-${i}.ts`, `export * from '${name}';\n`])),
    );
    const open = new Set(['probe-0.ts', 'probe-1.ts', 'probe-2.ts']);
    const seen = [...lint(folder)].map((file) => basename(file));
    expect(seen.toSorted()).toEqual(probes.map((_, i) => `probe-${i}.ts`).filter((file) => !open.has(file)));
  });

  test('read files of every layer', () => {
    const read = run(root, 'oxlint', '--debug=files').replaceAll('\\', '/');
    expect(folders.filter((name) => !read.includes(`${library}/${name}/`))).toEqual([]);
  });
});

test('every folder of the library is a layer', () => {
  const present = globSync(`${library}/*/**/tsconfig.json`, { cwd: root }).map((file) =>
    dirname(file).slice(library.length + 1),
  );
  expect(present.toSorted()).toEqual(folders.toSorted());
  const top = globSync(`${library}/*/`, { cwd: root }).map((file) => basename(file));
  expect(top.filter((name) => !folders.some((layer) => layer.split('/')[0] === name))).toEqual([]);
});

test('every file beside the folders is an entry', () => {
  const present = globSync(`${library}/*.ts`, { cwd: root }).map((file) => basename(file));
  expect(present.toSorted()).toEqual(entries.toSorted());
});

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root, temporaryFolder, write } from './temporary.ts';

/** What plain JavaScript of the set-up says about a folder with these two locks. */
function isInstalled(wanted: object, present?: object): boolean {
  const folder = temporaryFolder();
  write(folder, { 'package-lock.json': JSON.stringify({ packages: wanted }) });
  if (present) write(folder, { 'node_modules/.package-lock.json': JSON.stringify({ packages: present }) });
  const program = `import { isInstalled } from '${join(root, 'scripts/installed.mjs')}'; process.stdout.write(String(isInstalled('${folder}')));`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }).stdout === 'true';
}

const one = { version: '1.0.0', integrity: 'sha512-one' };

describe('an install', () => {
  test('is needed in a fresh clone', () => expect(isInstalled({ 'node_modules/a': one })).toBe(false));

  test('is not needed when npm left the same lock behind', () =>
    expect(isInstalled({ '': {}, 'node_modules/a': one }, { 'node_modules/a': one })).toBe(true));

  test('is needed when the lock asks for another version, or for one more package', () => {
    const present = { 'node_modules/a': one };
    expect(isInstalled({ 'node_modules/a': { ...one, version: '1.0.1' } }, present)).toBe(false);
    expect(isInstalled({ ...present, 'node_modules/b': one }, present)).toBe(false);
  });

  test('is not needed for a package that is meant for another machine', () =>
    expect(isInstalled({ 'node_modules/b': { ...one, optional: true } }, {})).toBe(true));
});

/** Whether the check of the lock passes in a folder with this one package in it. */
function lockPasses(entry: object | undefined): boolean {
  const folder = temporaryFolder();
  write(folder, { 'package-lock.json': JSON.stringify({ packages: entry ? { 'node_modules/a': entry } : {} }) });
  return spawnSync(process.execPath, [join(root, 'scripts/lock.mjs')], { cwd: folder }).status === 0;
}

describe('the lock', () => {
  test('passes with versions and hashes', () => expect(lockPasses(one)).toBe(true));

  test('is refused when it names a host, lacks a hash, or is empty', () => {
    expect(lockPasses({ ...one, resolved: 'https://packages.example/a.tgz' })).toBe(false);
    expect(lockPasses({ version: '1.0.0' })).toBe(false);
    expect(lockPasses(undefined)).toBe(false);
  });
});

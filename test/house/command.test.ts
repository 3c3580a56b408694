import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { root, temporaryFolder, write } from './temporary.ts';

/** Pretends to be an old Node: loaded before the command, which reads nothing but this to know its version. */
const PRETEND =
  "Object.defineProperty(process.versions, 'node', { value: process.env.PRETEND_NODE ?? process.versions.node });\n";

/** What node_modules may call this machine's pinned Node. */
const names = [`node-${process.platform}-${process.arch}`, `node-bin-${process.platform}-${process.arch}`];
const pinned = names.find((name) => existsSync(join(root, 'node_modules', name)));

/** The command alone in a folder, with this text as what it loads, and with or without a pinned Node beside it. */
function commandIn(main: string | undefined, withPinned: boolean): string {
  const folder = temporaryFolder();
  cpSync(join(root, 'packages/server/bin'), join(folder, 'bin'), { recursive: true });
  write(folder, { 'package.json': '{ "type": "module" }', 'pretend.cjs': PRETEND });
  if (main !== undefined) write(folder, { 'dist/cli/main.js': main });
  write(folder, { 'node_modules/.keep': '' });
  if (withPinned && pinned !== undefined)
    symlinkSync(join(root, 'node_modules', pinned), join(folder, 'node_modules', pinned));
  // Packages without a Node stand before any that a folder above may hold.
  else write(folder, Object.fromEntries(names.map((name) => [`node_modules/${name}/package.json`, '{}'])));
  return folder;
}

const asOld = (folder: string): string[] => [
  '--require',
  join(folder, 'pretend.cjs'),
  join(folder, 'bin/headgate.mjs'),
];
const old = { ...process.env, PRETEND_NODE: '20.20.2' };

describe('on an old Node', () => {
  test('says in one line what is needed, exits 1 and loads nothing', () => {
    const folder = commandIn("process.stdout.write('loaded');", false);
    const { status, stdout, stderr } = spawnSync(process.execPath, asOld(folder), { env: old, encoding: 'utf8' });
    expect(stderr).toBe('headgate: needs Node 22.12 or newer, and this is 20.20.2: install a newer Node\n');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  });

  test.runIf(pinned)('runs itself again on the pinned Node, with its arguments and exit code', () => {
    const folder = commandIn('process.stdout.write(process.argv.slice(2).join()); process.exitCode = 7;', true);
    const { status, stdout } = spawnSync(process.execPath, [...asOld(folder), 'check', '-q'], {
      env: old,
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 7, stdout: 'check,-q' });
  });

  test.runIf(pinned).each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('passes %s on', async (signal) => {
    const main = `process.on('${signal}', () => process.exit(9)); setInterval(() => {}, 1e6); process.stdout.write('ready');`;
    const command = spawn(process.execPath, asOld(commandIn(main, true)), { env: old });
    await once(command.stdout, 'data');
    command.kill(signal);
    expect(await once(command, 'exit')).toEqual([9, null]);
  });

  test.runIf(pinned)(
    'takes its child along when it is killed itself: nothing goes on that has a port or a file',
    async () => {
      const main = "setInterval(() => {}, 1e6); process.stdout.write(process.env.HEADGATE_WRAPPED ?? 'ready');";
      const command = spawn(process.execPath, asOld(commandIn(main, true)), { env: old });
      expect(String((await once(command.stdout, 'data'))[0])).toBe('ready');
      command.kill('SIGKILL');
      // It is the child that still has the other end.
      await once(command.stdout.resume(), 'close');
    },
  );

  test.runIf(pinned)('reports a child that a signal ended as a shell would', () => {
    const folder = commandIn("process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1e6);", true);
    expect(spawnSync(process.execPath, asOld(folder), { env: old }).status).toBe(128 + 9);
  });
});

test('says that it is not built when it is not', () => {
  const { status, stderr } = spawnSync(process.execPath, [join(commandIn(undefined, false), 'bin/headgate.mjs')], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: 'headgate: is not built yet: run "npm run build" in the repository\n',
  });
});

/** A Node older than 22.12 somewhere on PATH, past our own. */
const realOld = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'node'))
  .filter((file) => existsSync(file))
  .find((file) => /^v(?:1\d|20|21)\./.test(spawnSync(file, ['--version'], { encoding: 'utf8' }).stdout));

// Skipped where PATH has no old Node: the tests above then pretend one.
test.runIf(realOld !== undefined && pinned)('a real old Node hands over to the pinned one', () => {
  const folder = commandIn('process.stdout.write(process.versions.node);', true);
  const { stdout } = spawnSync(realOld ?? '', [join(folder, 'bin/headgate.mjs')], { encoding: 'utf8' });
  expect(Number.parseInt(stdout, 10)).toBeGreaterThanOrEqual(24);
});

test('is linked where npm looks for commands', () => {
  expect(existsSync(join(root, 'node_modules/.bin/headgate'))).toBe(true);
});

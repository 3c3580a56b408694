#!/usr/bin/env node
// The headgate command. This file must parse on any Node that knows ES modules: it is what an old Node reads
// before it learns that it is too old, so no newer syntax here, and nothing of ours is imported until it is known.
import { spawn } from 'child_process';
import { existsSync } from 'fs';
import { createRequire } from 'module';
import { constants } from 'os';
import { dirname } from 'path';
import { fileURLToPath } from 'url';

const NEEDED = [22, 12];
const PINNED = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

function isOld(version) {
  const [major, minor] = version.split('.').map(Number);
  return major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1]);
}

/** The Node that a package in node_modules ships, or undefined. */
function pinnedNode() {
  const require = createRequire(import.meta.url);
  for (const name of [PINNED, PINNED.replace('node-', 'node-bin-')]) {
    try {
      const file = `${dirname(require.resolve(`${name}/package.json`))}/bin/node${process.platform === 'win32' ? '.exe' : ''}`;
      if (existsSync(file)) return file;
    } catch {
      // Not installed under this name; the next may be.
    }
  }
  return undefined;
}

function fail(line) {
  process.stderr.write(`headgate: ${line}\n`);
  process.exit(1);
}

/** Says to the Node that is started here that it ends when this process does. */
const WRAPPED = 'HEADGATE_WRAPPED';

function runOn(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: Object.assign({}, process.env, { [WRAPPED]: '1' }),
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`cannot start ${node}: ${error.message}`));
  child.on('exit', (code, signal) => {
    // A shell reports a process ended by a signal as 128 + its number; say the same.
    process.exit(signal ? 128 + constants.signals[signal] : code);
  });
}

/** A kill -9 of what was started must not leave the gateway, which has the port and the file, to itself: the channel tells of any end. */
function endWithWrapper() {
  delete process.env[WRAPPED];
  if (!process.connected) return;
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel.unref();
}

if (isOld(process.versions.node)) {
  const node = pinnedNode();
  if (node) runOn(node);
  else fail(`needs Node ${NEEDED.join('.')} or newer, and this is ${process.versions.node}: install a newer Node`);
} else if (existsSync(new URL('../dist/cli/main.js', import.meta.url))) {
  if (process.env[WRAPPED]) endWithWrapper();
  void import('../dist/cli/main.js');
} else {
  fail('is not built yet: run "npm run build" in the repository');
}

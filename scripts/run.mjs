// Every npm script comes through here: make the work tree ready, then run the target on the pinned Node.
// This file itself starts on whatever Node is on PATH.
import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isInstalled } from './installed.mjs';
import { atLeast, pinnedNodeFolder } from './node.mjs';
import { withoutRedis } from './redis.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What each script does once the packages are there. A word after the first is an argument. */
const targets = {
  start: [
    ['tsc', '-b', 'packages/server'],
    ['node', 'packages/server/dist/demo/main.js'],
  ],
  'demo:fleet': [
    ['tsc', '-b', 'packages/server'],
    ['node', 'packages/server/dist/demo/fleet/main.js'],
  ],
  test: [
    ['tsc', '-b'],
    ['vitest', 'run'],
  ],
  check: [['node', 'scripts/check.mjs']],
  build: [['tsc', '-b']],
  format: [['oxfmt'], ['oxlint', '--fix']],
  docs: [
    ['tsc', '-b'],
    ['node', 'scripts/docs.mjs'],
  ],
  example: [
    ['tsc', '-b', 'packages/headgate'],
    ['node', 'scripts/example.mjs'],
  ],
  bench: [
    ['tsc', '-b', 'packages/server'],
    ['node', 'bench/run.mjs'],
  ],
  'bench:adapters': [
    ['tsc', '-b', 'packages/headgate'],
    ['node', 'bench/adapters/run.mjs'],
  ],
  'bench:before': [
    ['tsc', '-b', 'packages/headgate'],
    ['node', 'bench/before.mjs'],
  ],
  browser: [
    ['tsc', '-b'],
    ['node', 'test/browser/run.mjs'],
  ],
  // The pinned Node reads the simulation as it is written.
  'bench:client': [['node', 'bench/client/run.mjs', ...process.argv.slice(3)]],
  'bench:gateway': [
    ['tsc', '-b', 'packages/server'],
    ['node', 'bench/gateway/run.mjs'],
  ],
  'bench:redis': [
    ['tsc', '-b', 'packages/headgate'],
    ['node', 'bench/redis/run.mjs'],
  ],
  'bench:sqlite': [
    ['tsc', '-b', 'packages/server'],
    ['node', 'bench/sqlite/run.mjs'],
  ],
  // All tests with other cases, crashes ten times as long as ever; then the simulator, for as long as one likes.
  soak: [
    ['tsc', '-b'],
    ['node', 'packages/headgate/test/simulator/soak.ts'],
  ],
};

/** What only some targets need stands in folders with a lock of their own. */
const beside = {
  test: ['test/runtimes'],
  bench: ['bench'],
  'bench:before': ['bench'],
  'bench:gateway': ['bench'],
  'bench:redis': ['bench'],
};

function stop(line) {
  process.stderr.write(`headgate: ${line}\n`);
  process.exit(1);
}

function run([command, ...args], env = process.env, folder = root) {
  const { error, status } = spawnSync(command, args, {
    cwd: folder,
    env,
    stdio: 'inherit',
    shell: process.platform === 'win32', // There a tool is a .cmd file, which only a shell starts.
  });
  if (error) stop(`cannot run ${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

/** How often we look whether the shell that npm started us in is still there. */
const LOOK_MS = 500;

/** The last step may be a server: it hears the signals, and its end is ours. */
function become([command, ...args], env) {
  const child = spawn(command, args, { cwd: root, env, stdio: 'inherit', shell: process.platform === 'win32' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // npm passes a SIGTERM to its shell alone, which dies of it and tells nobody.
  const shell = process.ppid;
  setInterval(() => process.ppid !== shell && child.kill('SIGTERM'), LOOK_MS).unref();
  child.on('error', (error) => stop(`cannot run ${command}: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
}

function install(folder) {
  if (isInstalled(folder)) return;
  process.stderr.write(
    `headgate: installing packages into ${relative(root, folder) || '.'} (once, and when the lock changes)\n`,
  );
  // Errors only: on an older Node npm warns of every tool that will in fact run on the pinned one.
  // Not `npm ci`: it refuses a lock whenever the registry at hand lacks a tool's build for some other platform, which the
  // lock then cannot name. This follows the lock as strictly, hashes included, and leaves it as it is.
  run(['npm', 'install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], process.env, folder);
}

function pinnedEnvironment() {
  const pinned = pinnedNodeFolder();
  if (!pinned && !atLeast(process.versions.node, 22, 12)) {
    stop(`needs Node 22.12 or newer here: no package ships one for ${process.platform}-${process.arch}`);
  }
  const path = [pinned ?? dirname(process.execPath), `${root}/node_modules/.bin`, process.env.PATH];
  return { ...process.env, PATH: path.join(delimiter) };
}

if (!atLeast(process.versions.node, 20, 0))
  stop(`needs Node 20 or newer to start, and this is ${process.versions.node}`);
const [target, ...rest] = process.argv.slice(2);
const steps = targets[target];
if (!steps) stop(`expected one of ${Object.keys(targets).join(', ')}, got ${target}`);

install(root);
for (const folder of beside[target] ?? []) install(join(root, folder));
const missing = ['test', 'soak', 'demo:fleet'].includes(target) ? withoutRedis() : undefined;
if (missing) stop(missing);
const env = { ...pinnedEnvironment(), ...(target === 'soak' && { HEADGATE_SOAK: '1' }) };
for (const step of steps.slice(0, -1)) run(step, env);
become([...steps.at(-1), ...rest], env);

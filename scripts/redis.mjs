// The tests, and the demo of a fleet, start redis-servers of their own. Where there is no program to start, it is installed if that can be done without asking
// anybody; else whoever runs the tests is told how.
import { spawnSync } from 'node:child_process';

/** Another program that speaks the same, such as valkey-server. */
const program = process.env.HEADGATE_REDIS_SERVER ?? 'redis-server';

const isThere = () => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;

/** Undefined when there is one now; else what to do about it. */
export function withoutRedis() {
  if (isThere()) return undefined;
  if (program === 'redis-server' && process.getuid?.() === 0) install();
  if (isThere()) return undefined;
  return `this needs ${program} 6.2 or newer: apt-get install redis-server, brew install redis, or HEADGATE_REDIS_SERVER=<a redis-server or valkey-server>`;
}

/** In a container, mostly. RUNLEVEL: what is installed is not started as a service. */
function install() {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  process.stderr.write('headgate: installing redis-server, which is started as needed (once)\n');
  const apt = (...args) => spawnSync('apt-get', ['-qq', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  if (apt('install', '-y', '--no-install-recommends', 'redis-server').status === 0) return;
  apt('update');
  apt('install', '-y', '--no-install-recommends', 'redis-server');
}

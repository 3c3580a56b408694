// What the run needs around it: servers on loopback, gateways, a browser; and the end of them all.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'headgate-browser-'));
const children = [];
const servers = [];
const GATEWAY = 'packages/server/bin/headgate.mjs';

export async function listen(listener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}

/** A gateway with this policy in front of an API; its URL. */
export async function gateway(name, policy, upstream) {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, policy);
  // One process owns a file, so each has one of its own.
  const data = join(folder, `${name}.db`);
  const args = ['serve', file, '--data', data, '--upstream', upstream, '--listen', '127.0.0.1:0'];
  const { stdout } = start(process.execPath, [GATEWAY, ...args]);
  return new Promise((resolve) =>
    stdout.on('data', (text) => /http:\/\/\S+/.test(text) && resolve(/http:\/\/\S+/.exec(text)[0])),
  );
}

export function browse(url) {
  start('chromium', ['--headless=new', '--no-sandbox', '--disable-gpu', `--user-data-dir=${folder}/profile`, url]);
}

function start(command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  child.on('error', (error) => {
    process.stderr.write(`browser: cannot run ${command}: ${error.message}\n`);
    process.exit(1);
  });
  children.push(child);
  return child;
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void strike().then(() => process.exit(1)));

/** Ends what was started, and leaves nothing behind. */
export async function strike() {
  for (const child of children) child.kill();
  for (const server of servers) server.close();
  await Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')));
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

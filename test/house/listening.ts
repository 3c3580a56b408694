import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** How long a program may take until it listens. */
const START_MS = 20_000;
const LOOK_MS = 25;
/**
 * Ends a program that is told that Headgate is mounted wrongly there: none of ours is. A test that speaks like a proxy is told of
 * by a warning of its own.
 */
const RIGHTLY = `--import=data:text/javascript,${encodeURIComponent(
  "process.on('warning', ({ name, code }) => name === 'HeadgateWarning' && code !== 'WARN_ADAPTER_TRUST_NONE' && process.exit(1))",
)}`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // Of a server that listens on a port.
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether somebody listens there. A bare connection: a request would be counted. */
async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    await setTimeout(LOOK_MS);
    return false;
  } finally {
    socket.destroy();
  }
}

/** Runs a program that listens on `PORT`, until the test ends; resolves with where. @throws what it printed, when it ends before */
export async function listening(
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const port = await freePort();
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, NODE_ENV: 'test', NODE_OPTIONS: RIGHTLY, PORT: String(port), ...env },
  });
  onTestFinished(() => void child.kill());
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += String(chunk)));
  const untilMs = Date.now() + START_MS;
  // oxlint-disable-next-line no-await-in-loop -- one look after another
  while (!(await answers(port)))
    if (child.exitCode !== null || Date.now() > untilMs) throw new Error(`the program does not listen:\n${printed}`);
  return `http://127.0.0.1:${port}`;
}

import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readPolicy } from '../cli/policy-file.ts';
import { stopSignal } from '../cli/stop-signal.ts';
import type { Running, StartOptions } from '../gateway/running.ts';
import { startGateway } from '../gateway/start.ts';
import { startApi } from './api.ts';
import { demoPage } from './page.ts';

const USUAL_PORT = 8080;
/** Longest that requests under way may take to end on Ctrl-C. */
const DRAIN_MS = 2000;

const file = fileURLToPath(new URL('../../../../policies/vetigen.yaml', import.meta.url));
const policy = readPolicy(file);
const api = await startApi();
const { running, note } = await startNearUsualPort({ policy, upstream: api.url, timeoutMs: 30_000 });

const colours = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
process.stdout.write(
  demoPage({ gateway: running.url, api: api.url.origin, policy, file: relative(process.cwd(), file), note, colours }),
);

await stopSignal();
await running.stop(DRAIN_MS);
api.server.closeAllConnections();
api.server.close();

async function startNearUsualPort(
  options: Omit<StartOptions, 'listen'>,
): Promise<{ running: Running; note: string | undefined }> {
  const at = (port: number): Promise<Running> => startGateway({ ...options, listen: { host: '127.0.0.1', port } });
  try {
    return { running: await at(USUAL_PORT), note: undefined };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    return { running: await at(0), note: `(port ${USUAL_PORT} is taken)` };
  }
}

/* oxlint-disable no-await-in-loop -- what was opened last is closed first */
import type { Socket } from 'node:net';
import { afterEach } from 'vitest';
import { POLICY } from '../set-up.ts';
import { start, type Started, type StartSpec } from '../support.ts';
import { startRecorder, type Recorder, type Script } from './recorder.ts';

let closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.toReversed()) await close();
  closing = [];
});

interface Spec extends Partial<Omit<StartSpec, 'upstream'>> {
  readonly script?: Script;
  readonly onConnect?: (socket: Socket) => void;
}

/** A gateway before an API that keeps every byte, until the test ends. The API stands under `/base/`. */
export async function setUpRaw({ script, onConnect, policy = POLICY, ...spec }: Spec = {}): Promise<{
  api: Recorder;
  gateway: Started;
}> {
  const api = await startRecorder(script, onConnect);
  const gateway = await start({ policy, upstream: `${api.url}/base/`, ...spec });
  closing.push(api.close, () => gateway.stop(0));
  return { api, gateway };
}

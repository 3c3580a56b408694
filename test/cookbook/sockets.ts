import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Clock, SyncStore } from '../../packages/headgate/src/core/index.ts';
import { createHttpGate, type Channel, type HttpGate, type Verdict } from '../../packages/headgate/src/http/index.ts';
import { parsePolicy } from '../../packages/headgate/src/policy/index.ts';
import { viewOf } from '../../packages/headgate/test/gate-of.ts';
import { lookUp } from './look-up.ts';
import type { Asking, Check, Closing, Speaking } from './steps.ts';

interface Socket {
  readonly channel: Channel;
  readonly end: () => void;
}

/** Web sockets before the gate itself, over the same counters as what is asked by requests. */
export class Sockets {
  readonly #gate: HttpGate;
  readonly #clock: Clock;
  readonly #open: Map<string, Socket> = new Map();
  #opened = 0;

  constructor(policy: string, store: SyncStore, clock: Clock) {
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    this.#clock = clock;
    this.#gate = createHttpGate({ policy: parsePolicy(policy), store, clock, sha256, salt: 'salt' });
  }

  /** @returns what is not as the step says */
  async open(step: Asking, name: string, target: string, peer: string): Promise<string | undefined> {
    const id = `${name}.${this.#opened++}`;
    const view = { ...viewOf({ method: step.method, target, peer, fields: step.fields }), id };
    const handled = await this.#gate.handle({ ...view, upgrade: 'websocket' });
    if (handled.kind === 'answer') return `${handled.status} before it was a socket: ${handled.body}`;
    const { judged, end } = handled;
    const channel = judged && this.#gate.channel?.({ ask: judged.ask, id, atMs: this.#clock.monotonicMs() });
    if (channel === undefined) return 'the policy has no events';
    this.#open.set(name, { channel, end: () => end(OVER) });
    return undefined;
  }

  async say({ socket, way, body, passes, checks, times }: Speaking): Promise<string | undefined> {
    const channel = this.#open.get(socket)?.channel;
    if (channel === undefined) return 'nothing is open under that name';
    const payload = new TextEncoder().encode(body);
    for (let i = 0; i < times; i++) {
      // oxlint-disable-next-line no-await-in-loop -- the next counts after this one
      const verdict = await channel.message(way, { bytes: payload.length, type: 'text', payload });
      const wrong = (verdict === undefined) === passes ? undefined : (verdict?.body ?? 'it passed');
      if (wrong !== undefined) return `time ${i + 1}: ${wrong}`;
      const failed =
        i === times - 1 ? checks.find((check) => !isDeepStrictEqual(seen(check, verdict), check.value)) : undefined;
      if (failed !== undefined) return `${JSON.stringify(failed)}, got ${JSON.stringify(seen(failed, verdict))}`;
    }
    return undefined;
  }

  close({ socket }: Closing): string | undefined {
    const one = this.#open.get(socket);
    if (one === undefined) return 'nothing is open under that name';
    one.channel.close();
    one.end();
    this.#open.delete(socket);
    return undefined;
  }
}

const OVER = {
  status: 101,
  reached: true,
  fields: [],
  body: { is: 'unread', why: 'absent' },
  sentBytes: 0,
  tookMs: 0,
  torn: false,
} as const;

function seen(check: Check, verdict: Verdict): unknown {
  if (check.of === 'close') return verdict?.close?.code;
  if (check.of === 'body') return lookUp(JSON.parse(verdict?.body ?? 'null'), check.pointer);
  return verdict?.body;
}

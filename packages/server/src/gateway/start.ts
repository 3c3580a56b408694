import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { memoryStore, systemClock, type Clock } from 'headgate';
import { createHttpGate, type CompiledPolicy, type HttpGate } from 'headgate/http';
import { createGateway } from './gateway.ts';
import { createLog, type Log } from './log.ts';
import { createUpstream } from './upstream.ts';
import { sha256 } from './view.ts';

export interface StartOptions {
  readonly policy: CompiledPolicy;
  readonly upstream: URL;
  readonly listen: { readonly host: string; readonly port: number };
  /** How long the upstream may take until its answer begins. */
  readonly timeoutMs: number;
  /** Requests at the upstream at once; beyond, 503. Default: 10,000. */
  readonly maxUnderWay?: number;
  /** Default: the process's own. */
  readonly clock?: Clock;
  /** Default: JSON lines on stderr. */
  readonly log?: Log;
}

export interface Running {
  /** `http://host:port`, with the port that was taken. */
  readonly url: string;
  readonly log: Log;
  /** Judges by another policy from now on. What was counted stays counted: counters follow the limits' identity. */
  use(policy: CompiledPolicy): void;
  /** Drains for at most `boundMs`, then ends whatever is left. */
  stop(boundMs: number): Promise<void>;
}

/**
 * Starts a gateway in this process, with its state in this process's memory.
 * @throws the system's error when it cannot listen
 */
export async function startGateway(options: StartOptions): Promise<Running> {
  const clock = options.clock ?? systemClock();
  const log = options.log ?? createLog();
  const store = memoryStore({ clock });
  const salt = randomBytes(32).toString('hex');
  const gateOf = (policy: CompiledPolicy): HttpGate => createHttpGate({ policy, store, clock, sha256, salt });
  const gateway = createGateway({
    gate: gateOf(options.policy),
    upstream: createUpstream(options.upstream, options.timeoutMs),
    log,
    ...(options.maxUnderWay === undefined ? {} : { maxUnderWay: options.maxUnderWay }),
  });
  const { server } = gateway;
  server.listen(options.listen.port, options.listen.host);
  await once(server, 'listening');
  return {
    url: urlOf(server.address()),
    log,
    use: (policy) => gateway.use(gateOf(policy)),
    async stop(boundMs) {
      const ended = await gateway.drain(boundMs);
      if (!ended) log.warn('requests were cut off at the end of the drain', { boundMs });
      log.flush();
    },
  };
}

function urlOf(address: ReturnType<import('node:net').Server['address']>): string {
  if (address === null || typeof address === 'string')
    throw new TypeError(`expected a TCP address, got ${String(address)}`);
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}

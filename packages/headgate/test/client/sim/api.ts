import { createHash } from 'node:crypto';
import type { Fetch } from '../../../src/client/index.ts';
import type { Clock } from '../../../src/core/index.ts';
import { createHttpGate, type CompiledPolicy, type HttpGate, type RequestView } from '../../../src/http/index.ts';
import { memoryStore } from '../../../src/stores/memory/index.ts';
import { seeded, type Random } from '../../../src/testing/index.ts';
import type { World } from './world.ts';

export interface ApiOptions {
  readonly policy: CompiledPolicy;
  readonly world: World;
  readonly seed: number;
  /** How far the server's clock is ahead. */
  readonly skewMs?: number;
  /** Least and most of a round trip; each way takes what of it chance gives. */
  readonly latencyMs?: readonly [least: number, most: number];
}

/** What became of the requests that arrived. */
export interface Count {
  sent: number;
  admitted: number;
  refused: number;
  /** Of a server that told when to come again, those that came before. */
  early: number;
}

/**
 * An API behind the project's own gate (its engine, its memory store, its headers), some way off: requests and answers take
 * their time, and its clock is its own.
 */
export class Api {
  readonly count: Count = { sent: 0, admitted: 0, refused: 0, early: 0 };
  /** Breaks the API, or mends it: what its network or its server does with a request instead of an answer. */
  broken: ((request: { method: string; url: string }) => Response | Error | undefined) | undefined;
  readonly #world: World;
  readonly #gate: HttpGate;
  readonly #random: Random;
  readonly #skewMs: number;
  readonly #latencyMs: readonly [number, number];
  #retryAtMs = 0;

  constructor({ policy, world, seed, skewMs = 0, latencyMs = [60, 140] }: ApiOptions) {
    this.#world = world;
    this.#skewMs = skewMs;
    this.#latencyMs = latencyMs;
    this.#random = seeded(seed);
    const now = (): number => Math.floor(world.nowMs + skewMs);
    const clock: Clock = { monotonicMs: now, wallMs: now };
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    const store = memoryStore({ clock });
    this.#gate = createHttpGate({
      policy,
      store,
      clock,
      sha256,
      salt: 'salt',
      deadline: () => new AbortController().signal,
    });
  }

  readonly fetch: Fetch = async (input, init) => {
    const request = input instanceof Request ? input : new Request(input, init);
    const { signal } = request;
    if (this.#world.nowMs < this.#retryAtMs) this.count.early++;
    this.count.sent++;
    const trip = this.#random.int(...this.#latencyMs);
    const up = this.#random.int(Math.ceil(trip * 0.3), Math.floor(trip * 0.7));
    await this.#way(up, signal);
    const answer = this.broken?.(request) ?? this.#answer(request);
    await this.#way(trip - up, signal);
    if (answer instanceof Error) throw answer;
    if (answer.status === 429)
      this.#retryAtMs = this.#world.nowMs + Number(answer.headers.get('retry-after') ?? 0) * 1000;
    return answer;
  };

  /** Decides at once, of nobody far away: undefined if admitted, else the exact wait. */
  decide(request: Request): number | undefined {
    const handled = this.#gate.handle(viewOf(request));
    if (handled instanceof Promise) throw new Error('expected a policy that never waits');
    return handled.kind === 'forward' ? undefined : handled.denial?.retryAfterMs;
  }

  #way(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      this.#world.after(ms, resolve);
    });
  }

  #answer(request: Request): Response {
    const handled = this.#gate.handle(viewOf(request));
    if (handled instanceof Promise) throw new Error('expected a policy that never waits');
    const forward = handled.kind === 'forward';
    this.count[forward ? 'admitted' : 'refused']++;
    const fields = forward ? handled.settle(200) : handled.fields;
    const headers = new Headers({ date: new Date(this.#world.nowMs + this.#skewMs).toUTCString() });
    for (let i = 0; i < fields.length; i += 2) headers.append(fields[i]!, fields[i + 1]!);
    return new Response(forward ? '{}' : handled.body, { status: forward ? 200 : handled.status, headers });
  }
}

function viewOf({ method, url, headers }: Request): RequestView {
  const { pathname, search } = new URL(url);
  const values = (name: string): string[] => [headers.get(name) ?? []].flat();
  return {
    id: 'r',
    method,
    target: pathname + search,
    scheme: 'http',
    peer: '192.0.2.1',
    header: (name) => values(name)[0],
    headers: values,
    fields: () => [...headers].flat(),
  };
}

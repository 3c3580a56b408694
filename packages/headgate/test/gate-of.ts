import { createHash } from 'node:crypto';
import type { Clock } from '../src/core/index.ts';
import { createHttpGate, type HttpGateOptions } from '../src/http/index.ts';
import type { Answered, Forward, Handled, HttpGate } from '../src/http/handled.ts';
import type { RequestView } from '../src/http/request.ts';
import { parsePolicy } from '../src/policy/index.ts';
import { memoryStore } from '../src/stores/memory/index.ts';

export const START = Date.UTC(2026, 3, 11, 13, 0, 0, 500);
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export interface Spec {
  readonly method?: string;
  readonly target?: string;
  readonly peer?: string;
  readonly fields?: readonly (readonly [string, string])[];
}

/** What else a gate is made with. */
type More = Partial<
  Pick<
    HttpGateOptions,
    | 'fetch'
    | 'readFile'
    | 'deadline'
    | 'env'
    | 'finders'
    | 'hosts'
    | 'hostMs'
    | 'onHostFault'
    | 'sha256'
    | 'randomId'
    | 'onReport'
    | 'onNotice'
    | 'onOverage'
    | 'courier'
    | 'holds'
    | 'store'
    | 'timers'
    | 'clock'
  >
>;

export interface Asked {
  /** Of a policy that never waits. */
  readonly ask: (spec?: Spec) => Handled;
  /** Of one that may. */
  readonly wait: (spec?: Spec) => Promise<Handled>;
  readonly gate: HttpGate;
  readonly clock: { nowMs: number };
}

/** A gate of a policy, on a clock that stands still until it is told. */
export function gateOf(policy: string, more: More = {}): Asked {
  const clock = { nowMs: START };
  const time: Clock = { monotonicMs: () => clock.nowMs, wallMs: () => clock.nowMs };
  const gate = createHttpGate({
    policy: parsePolicy(`headgate: 1\n${policy}`),
    store: memoryStore({ clock: time }),
    clock: time,
    sha256,
    salt: 'salt',
    // Nothing is given up unless a test does it: no test waits.
    deadline: () => new AbortController().signal,
    ...more,
  });
  const wait = async (spec?: Spec): Promise<Handled> => gate.handle(viewOf(spec));
  return { clock, gate, wait, ask: (spec) => atOnce(gate.handle(viewOf(spec))) };
}

export function atOnce<T>(handled: T | Promise<T>): T {
  if (handled instanceof Promise) throw new Error('expected an answer at once, got a promise');
  return handled;
}

export function viewOf({
  method = 'GET',
  target = '/',
  peer = '192.0.2.1',
  fields = [['X-API-Key', 'k']],
}: Spec = {}): RequestView {
  const values = (name: string): string[] =>
    fields.filter(([field]) => field.toLowerCase() === name).map(([, value]) => value);
  return {
    id: 'r1',
    method,
    target,
    scheme: 'http',
    peer,
    header: (name) => values(name)[0],
    headers: values,
    fields: () => fields.flat(),
  };
}

export function forwarded(handled: Handled): Forward {
  if (handled.kind !== 'forward') throw new Error(`expected a forward, got ${handled.status} ${handled.body}`);
  return handled;
}

export function answered(
  handled: Handled,
): Answered & { readonly field: (name: string) => string | undefined; readonly json: () => Record<string, unknown> } {
  if (handled.kind !== 'answer') throw new Error('expected an answer');
  const { fields } = handled;
  return {
    ...handled,
    field: (name) => {
      const at = fields.findIndex((field, i) => i % 2 === 0 && field.toLowerCase() === name.toLowerCase());
      return at < 0 ? undefined : fields[at + 1];
    },
    json: () => JSON.parse(handled.body) as Record<string, unknown>, // an object, or the test fails
  };
}

/** Whoever shows a key is known. */
export const KEY = 'identify: { key: { header: X-API-Key, find: any } }\n';

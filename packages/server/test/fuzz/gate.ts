import { createHash } from 'node:crypto';
import { memoryStore } from 'headgate';
import { createHttpGate, type Fields, type Handled, type HttpGate, type RequestView } from 'headgate/http';
import { parsePolicy } from 'headgate/policy';
import { allOf, firstOf } from '../../src/gateway/exchange.ts';

const NOW_MS = Date.UTC(2026, 3, 11, 13, 0, 0, 500);

export interface Clocked extends HttpGate {
  readonly clock: { nowMs: number };
}

/** A gate of a policy, at an instant that passes only when it is told to. */
export function gateOf(policy: string): Clocked {
  const clock = { nowMs: NOW_MS, monotonicMs: () => clock.nowMs, wallMs: () => clock.nowMs };
  const gate = createHttpGate({
    policy: parsePolicy(`headgate: 1\n${policy}`),
    store: memoryStore({ clock }),
    clock,
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
    salt: 'salt',
  });
  return { ...gate, clock };
}

/** What needs nobody outside is judged at once. */
export function judged(gate: Pick<HttpGate, 'handle'>, view: RequestView): Handled {
  const handled: Handled | Promise<Handled> = gate.handle(view);
  if (handled instanceof Promise) throw new Error('it waits for somebody');
  return handled;
}

interface Spec {
  readonly method?: string;
  readonly target?: string;
  readonly peer?: string;
  readonly fields?: Fields;
}

export function viewOf({ method = 'GET', target = '/', peer = '192.0.2.1', fields = [] }: Spec): RequestView {
  const names = fields.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
  return {
    id: 'id',
    method,
    target,
    scheme: 'http',
    peer,
    header: (name) => firstOf(names, fields, name),
    headers: (name) => allOf(names, fields, name),
    fields: () => fields,
  };
}

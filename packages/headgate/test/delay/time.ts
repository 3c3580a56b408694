import type { Handled, Timers } from '../../src/http/index.ts';
import { gateOf, viewOf, type Asked } from '../gate-of.ts';

interface Timer {
  readonly atMs: number;
  readonly call: () => void;
}

/** A gate on a clock that is moved by hand, and on timers that it calls. */
export interface Delaying extends Asked {
  /** Asks; `cost` and `order` are read by the policy. */
  readonly call: (
    name: string,
    spec?: { readonly cost?: number; readonly order?: number; readonly key?: string },
  ) => Call;
  /** Moves time on, and calls what comes due on the way, each at its instant. */
  readonly pass: (ms: number) => Promise<void>;
  /** Timers that are set. */
  readonly timers: () => number;
}

/** A request, and what became of it. */
export interface Call {
  readonly name: string;
  /** Undefined while it waits; else when it was answered, in ms since the start, and how. */
  readonly ended: () => { readonly atMs: number; readonly handled: Handled } | undefined;
  readonly leave: () => void;
}

export function delaying(policy: string): Delaying {
  const timers = new Set<Timer>();
  let now = (): number => 0;
  const platform: Timers = {
    after(ms, call) {
      const timer = { atMs: now() + ms, call };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  };
  const asked = gateOf(policy, { timers: platform });
  const startMs = asked.clock.nowMs;
  now = () => asked.clock.nowMs;

  const due = (untilMs: number): Timer | undefined =>
    [...timers].filter(({ atMs }) => atMs <= untilMs).toSorted((a, b) => a.atMs - b.atMs)[0];

  async function pass(ms: number): Promise<void> {
    const untilMs = asked.clock.nowMs + ms;
    await turn();
    for (let next = due(untilMs); next !== undefined; next = due(untilMs)) {
      timers.delete(next);
      asked.clock.nowMs = Math.max(asked.clock.nowMs, next.atMs);
      next.call();
      await turn(); // oxlint-disable-line no-await-in-loop -- one after another
    }
    asked.clock.nowMs = untilMs;
    await turn();
  }

  const call: Delaying['call'] = (name, { cost = 1, order = 0, key = 'k' } = {}) => {
    let ended: ReturnType<Call['ended']>;
    let leave = (): void => undefined;
    const view = viewOf({ target: `/?cost=${cost}&order=${order}`, fields: [['X-API-Key', key]] });
    const onGone = (left: () => void): (() => void) => {
      leave = left;
      return () => (leave = () => undefined);
    };
    const end = (handled: Handled): void => {
      ended = { atMs: asked.clock.nowMs - startMs, handled };
    };
    const handled = asked.gate.handle(Object.assign(view, { onGone }));
    if (handled instanceof Promise) void handled.then(end);
    else end(handled);
    return { name, ended: () => ended, leave: () => leave() };
  };

  return { ...asked, call, pass, timers: () => timers.size };
}

/** Lets go on whatever waits for nothing but its turn. */
async function turn(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve(); // oxlint-disable-line no-await-in-loop -- so many turns
}

/** What became of calls: `a 0`, when it was let in; `b !429 60`, with what it was refused and when to come again; `c …`, waiting. */
export function fates(calls: readonly Call[]): readonly string[] {
  return calls.map(({ name, ended }) => {
    const end = ended();
    if (end === undefined) return `${name} …`;
    const { atMs, handled } = end;
    if (handled.kind === 'forward') return `${name} ${atMs}`;
    const at = handled.fields.findIndex((field) => field.toLowerCase() === 'retry-after');
    return `${name} !${handled.status} ${at < 0 ? '' : handled.fields[at + 1]}`.trim();
  });
}

import { verdictOf, type No } from '../../src/core/index.ts';
import { atOnce } from '../gate-of.ts';
import { decide } from '../../src/http/decide.ts';
import { guardStore } from '../../src/http/failing/guarded.ts';
import { parsePolicy } from '../../src/policy/index.ts';
import {
  createPlanner,
  type Ask,
  type CompiledPolicy,
  type Literal,
  type PlannerOptions,
} from '../../src/profile/index.ts';
import { memoryStore, type MemoryStore } from '../../src/stores/memory/index.ts';
import { manualClock, type ManualClock } from '../../src/testing/index.ts';

/** One request. What is left out is a `GET /` with the key `k`, of the first operation that the policy declares. */
export interface Asked {
  readonly subject?: Readonly<Record<string, Literal | undefined>>;
  /** The operation's name; `''` for none of those that are declared. */
  readonly operation?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly bytes?: number | undefined;
}

/** What became of it; figures by the name of the limit. */
export interface Told {
  readonly allowed: boolean;
  /** The answer it is refused with before any counter is asked. */
  readonly refused: string | undefined;
  readonly no: No;
  readonly binding: string | undefined;
  readonly retryAfterMs: number;
  readonly remaining: Readonly<Record<string, number>>;
  readonly resetInMs: Readonly<Record<string, number | undefined>>;
  readonly shown: Readonly<Record<string, number>>;
}

/** A policy in force, on a clock that stands still until it is told. */
export interface World {
  readonly clock: ManualClock;
  readonly store: MemoryStore;
  readonly policy: CompiledPolicy;
  ask(asked?: Asked): Told;
  /** The same request so many times; the last answer. */
  asks(times: number, asked?: Asked): Told;
  /** Another policy takes over, on the same clock and counters. */
  becomes(text: string): World;
  /** Another gate over the same counters. */
  beside(options: PlannerOptions): World;
}

const BEGINS_AT: string = '2026-05-15T12:00:00Z';

/** @param text the policy, without its first line */
export function world(text: string, atIso: string = BEGINS_AT, options: PlannerOptions = {}): World {
  const clock = manualClock({ wallMs: Date.parse(atIso), monotonicMs: Date.parse(atIso) });
  return worldOf(text, clock, memoryStore({ clock }), options);
}

let ids = 0;
const nextId = (): string => `r${ids++}`;

function worldOf(text: string, clock: ManualClock, store: MemoryStore, options: PlannerOptions): World {
  const policy = parsePolicy(`headgate: 1\n${text}`);
  const planner = createPlanner(policy, options);

  const guarded = guardStore(store, { clock });

  function ask(asked: Asked = {}): Told {
    const { plan, outcome, allowed } = atOnce(
      decide({ planner, store: guarded, clock, randomId: nextId }, askOf(policy, asked, clock.wallMs())),
    );
    const names = plan.limits.map(({ name }) => name);
    const each = <T>(figure: (i: number) => T): Readonly<Record<string, T>> =>
      Object.fromEntries(names.map((name, i) => [name, figure(i)]));
    return {
      allowed,
      refused: plan.refused,
      no: outcome?.no ?? 'none',
      binding: names[outcome?.binding ?? -1],
      retryAfterMs: outcome?.retryAfterMs ?? 0,
      remaining: outcome === undefined ? {} : each((i) => verdictOf(outcome, i).remaining),
      resetInMs: outcome === undefined ? {} : each((i) => verdictOf(outcome, i).resetInMs),
      shown: each((i) => plan.limits[i]?.shown ?? 0),
    };
  }

  return {
    clock,
    store,
    policy,
    ask,
    asks(times, asked) {
      for (let i = 1; i < times; i++) ask(asked);
      return ask(asked);
    },
    becomes: (next) => worldOf(next, clock, store, options),
    beside: (other) => worldOf(text, clock, store, other),
  };
}

function askOf({ operations }: CompiledPolicy, asked: Asked, nowMs: number): Ask {
  const name = asked.operation ?? operations[0]?.name ?? 'GET /';
  const { subject = {}, headers = {}, query = {}, facts, bytes = 0 } = asked;
  return {
    subject: { auth: 'key', address: '203.0.113.7', key: 'k', ...subject },
    operation: { index: operations.findIndex((operation) => operation.name === name), name, path: {} },
    request: { method: 'GET', path: '/', query, headers, bytes: 'bytes' in asked ? asked.bytes : bytes },
    ...(facts !== undefined && { facts }),
    nowMs,
  };
}

/** Whoever shows a key is known by it. */
export const KEYED: string = 'identify: { key: { header: X-API-Key, find: any } }\n';

export const SECOND = 1000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

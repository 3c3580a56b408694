/* oxlint-disable no-await-in-loop -- what was opened last is closed first */
import { afterEach } from 'vitest';
import type { Options, Spec, Warning } from '../../src/adapters/kit/index.ts';
import { memoryStore, type MemoryStore } from '../../src/stores/memory/index.ts';
import { manualClock, type ManualClock } from '../../src/testing/index.ts';
import type { Handlers, Running, Start } from './framework.ts';

let closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.toReversed()) await close();
  closing = [];
});

/** Ends something with the test. */
export function closeAfterwards(close: () => Promise<unknown>): void {
  closing.push(close);
}

export interface Told {
  readonly status: number;
  readonly fields: Headers;
  readonly json: unknown;
}

export interface App extends Running {
  readonly clock: ManualClock;
  readonly store: MemoryStore;
  readonly warnings: readonly Warning[];
  readonly ask: (path: string, init?: RequestInit) => Promise<Told>;
  /** What is left of the limits that a response tells of: `{ limit: 2 }`. */
  readonly left: (path: string, init?: RequestInit) => Promise<Readonly<Record<string, number>>>;
}

/** An app on a clock that stands still, until the test ends. */
export async function appOf(start: Start, spec: Spec, handlers: Handlers, more: Options<never> = {}): Promise<App> {
  const clock = manualClock();
  const store = memoryStore({ clock });
  const warnings: Warning[] = [];
  const running = await start(
    spec,
    { clock, store, onWarning: (warning) => void warnings.push(warning), ...more },
    handlers,
  );
  closeAfterwards(running.close);
  const ask = async (path: string, init?: RequestInit): Promise<Told> => {
    const answer = await fetch(running.url + path, { redirect: 'manual', ...init });
    const text = await answer.text();
    return {
      status: answer.status,
      fields: answer.headers,
      json: text !== '' && isJson(answer) ? (JSON.parse(text) as unknown) : text,
    };
  };
  return {
    ...running,
    clock,
    store,
    warnings,
    ask,
    left: async (path, init) => leftIn((await ask(path, init)).fields),
  };
}

function isJson({ headers }: Response): boolean {
  return /json/.test(headers.get('content-type') ?? '');
}

export function leftIn(fields: Headers): Readonly<Record<string, number>> {
  const told = (fields.get('ratelimit') ?? '').matchAll(/"(?<name>[^"]+)";r=(?<left>\d+)/g);
  const left: Record<string, number> = {};
  for (const { groups } of told) left[groups?.['name'] ?? ''] = Number(groups?.['left']);
  return left;
}

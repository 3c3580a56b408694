import { isDeepStrictEqual } from 'node:util';
import { vi } from 'vitest';
import { fetch } from '../../packages/headgate/src/adapters/fetch/index.ts';
import type { Clock, SyncStore } from '../../packages/headgate/src/core/index.ts';
import { parsePolicy } from '../../packages/headgate/src/policy/index.ts';
import { memoryStore } from '../../packages/headgate/src/stores/memory/index.ts';
import { lookUp } from './look-up.ts';
import { readTrace } from './script.ts';
import { Sockets } from './sockets.ts';
import type { Answering, Asking, Check, Expectation, Reply, Step } from './steps.ts';

/** When a trace begins that does not say it: a Saturday. */
const START_MS = Date.UTC(2026, 3, 11, 13);

/** An exchange that has reached the API, which has not answered yet. */
interface Open {
  readonly response: Promise<Response>;
  readonly answer: (reply: Reply) => void;
  readonly hasReached: () => boolean;
}

interface Playing {
  readonly clock: { nowMs: number };
  readonly ask: Ask;
  readonly open: Map<string, Open>;
  readonly sockets: Sockets;
}

type Ask = (request: Request, peer: string, api: Promise<Reply>, reached: () => void) => Promise<Response>;

/**
 * Sends what a trace says through a policy, before an API that answers as the trace says, on a clock that stands still until it is told.
 * @returns the first thing that is not as the trace says; undefined when all is
 */
export async function play(policy: string, trace: string): Promise<string | undefined> {
  const clock = { nowMs: START_MS };
  const time: Clock = { monotonicMs: () => clock.nowMs, wallMs: () => clock.nowMs };
  const store = memoryStore({ clock: time });
  const playing = {
    clock,
    ask: gated(policy, store, time),
    open: new Map<string, Open>(),
    sockets: new Sockets(policy, store, time),
  };
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    for (const step of readTrace(trace)) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is what a trace is
      const wrong = await take(step, playing);
      if (wrong !== undefined) return `${step.line}\n  ${wrong}`;
    }
    return undefined;
  } finally {
    vi.useRealTimers();
  }
}

/** Lets time pass: on the clock, and for what is held back until some of it has. */
async function pass({ clock }: Playing, ms: number): Promise<void> {
  clock.nowMs += ms;
  await vi.advanceTimersByTimeAsync(Math.max(0, ms));
}

async function take(step: Step, playing: Playing): Promise<string | undefined> {
  switch (step.is) {
    case 'time':
      await pass(playing, step.at ? step.ms - playing.clock.nowMs : step.ms);
      return undefined;
    case 'request':
      return send(step, playing);
    case 'answer':
      return finish(step, playing);
    case 'message':
      return playing.sockets.say(step);
    case 'close':
      return playing.sockets.close(step);
    default:
      return step satisfies never;
  }
}

function gated(policy: string, store: SyncStore, clock: Clock): Ask {
  const gate = fetch(parsePolicy(policy), {
    store,
    clock,
    peer: (_: Request, peer: string) => peer,
    onFault: (error) => {
      throw error;
    },
    onWarning: () => undefined,
  });
  return (request, peer, api, reached) =>
    gate(async (passed: Request) => {
      await passed.text();
      reached();
      return responseOf(await api);
    })(request, peer);
}

function responseOf({ status, fields, body }: Reply): Response {
  const headers = new Headers(fields.map(([name, value]): [string, string] => [name, value]));
  if (body !== undefined && !headers.has('Content-Type')) headers.set('Content-Type', 'application/json');
  // Fetch allows these no body.
  return new Response([204, 205, 304].includes(status) ? null : (body ?? 'ok'), { status, headers });
}

async function send(step: Asking, playing: Playing): Promise<string | undefined> {
  for (let i = 0; i < step.times; i++) {
    if (i > 0) playing.clock.nowMs += step.everyMs;
    // oxlint-disable-next-line no-await-in-loop -- the next counts after this one
    const wrong = await onceMore(step, i, playing);
    if (wrong !== undefined) return `time ${i + 1}: ${wrong}`;
  }
  return undefined;
}

async function onceMore(step: Asking, i: number, playing: Playing): Promise<string | undefined> {
  const name = (text: string): string => (step.times === 1 ? text : `${text}${i}`);
  if (step.socket !== undefined)
    return playing.sockets.open(step, name(step.socket), numbered(step.target, i), peerOf(step, i));
  const left = step.open ?? step.held;
  return left === undefined ? exchange(step, i, playing) : leave(step, i, name(left), playing);
}

/** The checks of several times are of the last. */
async function exchange(step: Asking, i: number, { ask }: Playing): Promise<string | undefined> {
  const { status, checks } = step.expects;
  const response = await ask(requestOf(step, i), peerOf(step, i), Promise.resolve(step.api), () => undefined);
  return differs(response, { status, checks: i === step.times - 1 ? checks : [] });
}

/** Leaves an exchange open where it should be: before the API, held back, or in it. */
async function leave(step: Asking, i: number, name: string, playing: Playing): Promise<string | undefined> {
  const api = Promise.withResolvers<Reply>();
  let hasReached = false;
  const response = playing.ask(requestOf(step, i), peerOf(step, i), api.promise, () => (hasReached = true));
  const early = await Promise.race([response, settled(() => hasReached, playing)]);
  if (early !== undefined) return `${early.status} before it reached the API: ${await early.text()}`;
  if (hasReached !== (step.open !== undefined)) return hasReached ? 'it has reached the API' : 'it is held back';
  playing.open.set(name, { response, answer: api.resolve, hasReached: () => hasReached });
  return undefined;
}

/** Enough turns for whatever needs no time. */
async function settled(isOver: () => boolean, playing: Playing): Promise<undefined> {
  for (let i = 0; i < 20 && !isOver(); i++) {
    // oxlint-disable-next-line no-await-in-loop -- one turn after another
    await new Promise(setImmediate);
    // oxlint-disable-next-line no-await-in-loop -- the same
    await pass(playing, 0);
  }
  return undefined;
}

async function finish(step: Answering, playing: Playing): Promise<string | undefined> {
  const one = playing.open.get(step.open);
  if (one === undefined) return 'nothing is open under that name';
  await settled(one.hasReached, playing);
  if (!one.hasReached()) return 'it is held back';
  playing.open.delete(step.open);
  one.answer(step.api);
  return differs(await one.response, step.expects);
}

const numbered = (text: string, i: number): string => text.replaceAll('{i}', String(i));

const peerOf = ({ from }: Asking, i: number): string => numbered(from, i);

function requestOf({ method, target, fields, body }: Asking, i: number): Request {
  const headers = new Headers(fields.map(([name, value]): [string, string] => [name, numbered(value, i)]));
  const url = `https://api.example${numbered(target, i)}`;
  if (body === undefined) return new Request(url, { method, headers });
  const text = numbered(body, i);
  headers.set('Content-Length', String(Buffer.byteLength(text)));
  if (!headers.has('Content-Type')) headers.set('Content-Type', 'application/json');
  return new Request(url, { method, headers, body: text });
}

/** An exchange is over when its body was read. */
async function differs(response: Response, { status, checks }: Expectation): Promise<string | undefined> {
  const body = await response.text();
  const all = `${response.status} ${JSON.stringify([...response.headers])}\n  ${body}`;
  if (response.status !== status) return all;
  const wrong = checks.find((check) => !isDeepStrictEqual(seen(check, response, body), check.value));
  return wrong === undefined
    ? undefined
    : `${JSON.stringify(wrong)}, got ${JSON.stringify(seen(wrong, response, body))}\n  ${all}`;
}

function seen(check: Check, response: Response, body: string): unknown {
  switch (check.of) {
    case 'field':
      return response.headers.get(check.name) ?? undefined;
    case 'text':
      return body.includes(check.value) ? check.value : body;
    case 'body':
      return lookUp(JSON.parse(body), check.pointer);
    case 'close':
      return undefined;
    default:
      return check satisfies never;
  }
}

import type { Clock } from '../../core/index.ts';
import type { Ask, CompiledPolicy, ConnectionFacts, MessageFacts, Planner } from '../../profile/index.ts';
import { readJson } from '../body/json.ts';
import type { Answered } from '../handled.ts';
import type { Exchange } from '../holds/exchange.ts';
import { upon, type Soon } from '../soon.ts';
import { findAmong, type FindEvent } from './find.ts';
import { HAPPENED, type JudgedEvent, type JudgeEvent } from './judge.ts';
import { messageNeeds, ticksOf, type MessageNeeds } from './needs.ts';

export type Way = 'in' | 'out';

/** A connection that was let in: by which request, and since when. */
export interface Opened {
  /** As it was judged: whoever opened the connection is who asks on it. */
  readonly ask: Ask;
  /** Names it: never the same twice. */
  readonly id: string;
  /** Monotonic. */
  readonly atMs: number;
}

/** A message as a server has it. */
export interface Message {
  readonly bytes: number;
  readonly type: MessageFacts['type'];
  /** All of it, where {@link Channel.needs} says `body`. */
  readonly payload?: Uint8Array;
}

/** Undefined: it passes. */
export type Verdict = Answered | undefined;

/** The events of one connection, by one policy. */
export interface Channel {
  /** What has to be known of messages each way; undefined where they are nobody's business, and pass. */
  readonly needs: Readonly<Record<Way, MessageNeeds | undefined>>;
  /** How often ticks are asked for, in ms; each begins with the connection. */
  readonly ticks: readonly number[];
  message(way: Way, message: Message): Soon<Verdict>;
  tick(everyMs: number): Soon<Verdict>;
  /** The connection is over: what its events still hold comes back. */
  close(): void;
}

export interface ChannelOptions {
  readonly policy: CompiledPolicy;
  readonly planner: Planner;
  readonly clock: Clock;
  readonly judge: JudgeEvent;
}

/** Holds of one connection that are kept track of; what comes beyond ends by its lease. */
const MAX_HELD = 10_000;

/** Makes the channels of connections; undefined for a policy that asks nothing of what happens on one. */
export function createChannels(options: ChannelOptions): ((opened: Opened) => Channel) | undefined {
  const { policy, planner } = options;
  const needs = { in: messageNeeds(policy, 'in'), out: messageNeeds(policy, 'out') };
  const ticks = ticksOf(policy.operations);
  if (needs.in === undefined && needs.out === undefined && ticks.length === 0) return undefined;
  const messages = (way: Way): FindEvent | undefined =>
    findAmong(policy, planner, (event) => event.is === 'message' && event.way === way);
  const finds: Finds = {
    in: messages('in'),
    out: messages('out'),
    ticks: new Map(
      ticks.map((every) => [every, findAmong(policy, planner, (one) => one.is === 'tick' && one.everyMs === every)]),
    ),
  };
  return (opened) => new OneChannel(opened, options, needs, ticks, finds);
}

interface Finds extends Readonly<Record<Way, FindEvent | undefined>> {
  readonly ticks: ReadonlyMap<number, FindEvent | undefined>;
}

class OneChannel implements Channel {
  readonly needs: Channel['needs'];
  readonly ticks: readonly number[];
  readonly #opened: Opened;
  readonly #options: ChannelOptions;
  readonly #finds: Finds;
  readonly #held: Set<Exchange> = new Set();
  #isClosed = false;

  constructor(
    opened: Opened,
    options: ChannelOptions,
    needs: Channel['needs'],
    ticks: readonly number[],
    finds: Finds,
  ) {
    this.#opened = opened;
    this.#options = options;
    this.needs = needs;
    this.ticks = ticks;
    this.#finds = finds;
  }

  message(way: Way, { bytes, type, payload }: Message): Soon<Verdict> {
    const find = this.#finds[way];
    if (find === undefined) return undefined;
    const message: MessageFacts = { bytes, type, ...(payload !== undefined && bodyOf(payload)) };
    return this.#judge(find, { ...this.#known(), message });
  }

  tick(everyMs: number): Soon<Verdict> {
    const find = this.#finds.ticks.get(everyMs);
    return find === undefined ? undefined : this.#judge(find, this.#known());
  }

  close(): void {
    this.#isClosed = true;
    for (const exchange of this.#held) exchange.end(HAPPENED);
    this.#held.clear();
  }

  #known(): Omit<Ask, 'operation'> {
    const { ask, id, atMs } = this.#opened;
    const { clock } = this.#options;
    const connection: ConnectionFacts = { id, ms: Math.max(0, clock.monotonicMs() - atMs) };
    return { subject: ask.subject, request: ask.request, connection, nowMs: clock.wallMs() };
  }

  #judge(find: FindEvent, known: Omit<Ask, 'operation'>): Soon<Verdict> {
    const operation = find(known);
    if (operation === undefined) return undefined;
    return upon(this.#options.judge(this.#opened.id, { ...known, operation }), (judged) => this.#take(judged));
  }

  #take(judged: JudgedEvent): Verdict {
    if (judged.is === 'refused') return judged.answered;
    this.#keep(judged.held);
    return undefined;
  }

  /** Ends what an event holds for itself; the rest stays until it is ended by another, or with the connection. */
  #keep(exchange: Exchange | undefined): void {
    if (exchange === undefined) return;
    const stays = !this.#isClosed && this.#held.size < MAX_HELD;
    exchange.end(stays ? { ...HAPPENED, open: 'event' } : HAPPENED);
    if (!exchange.isHeld) return;
    this.#forgetEnded();
    this.#held.add(exchange);
  }

  /** Those that others have ended since: a connection may take and give back as often as it likes. */
  #forgetEnded(): void {
    for (const one of this.#held) {
      if (one.isHeld) return;
      this.#held.delete(one);
    }
  }
}

/** What is no JSON, or has a name twice, has no body: whatever reads one fails. */
function bodyOf(payload: Uint8Array): { readonly body?: unknown } {
  const read = readJson(payload);
  return read.is === 'json' ? { body: read.value } : {};
}

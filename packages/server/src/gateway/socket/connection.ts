import type { Duplex } from 'node:stream';
import type { Answered, Ending, Forward, HttpGate } from 'headgate/http';
import type { Exchange } from '../exchange.ts';
import type { HeldBounds } from './held.ts';
import { Listening, type ListeningOptions } from './listening.ts';
import { LiveChannel } from './live.ts';
import { Talk } from './talk.ts';

/** The media type of a stream of events (HTML 9.2.3). */
export const EVENT_STREAM = 'text/event-stream';

export interface ConnectionOptions {
  readonly gate: HttpGate;
  /** The policy in force: what happens on a connection is judged by it, and not by the one that let it in. */
  readonly current: () => HttpGate;
  /** For messages that are kept while limits read them. */
  readonly messages: HeldBounds;
  /** Longest that such a message may take to come. */
  readonly messageMs: number;
  readonly silenceMs: number;
  readonly onDenied: (exchange: Exchange, answered: Answered) => void;
  readonly onFault: (exchange: Exchange, error: unknown) => void;
  /** Monotonic. */
  readonly nowMs: () => number;
}

/** What happens on a connection while it lasts. */
export interface Connection {
  /** Told now and then. */
  look(): void;
  /** A piece of an answer that is a stream of events. */
  take(chunk: Buffer): void;
  end(then: () => void): void;
  /** It is closed. */
  over(): void;
}

/** A connection that is about to be open. */
export interface Opening {
  talk(caller: Duplex, api: Duplex, ending: Ending): Connection;
  /** Undefined where the answer is no stream of events. @throws Error for one that cannot be read */
  listen(
    headers: NodeJS.Dict<string | string[]>,
    hands: Pick<ListeningOptions, 'write' | 'pause' | 'resume' | 'onEnd'>,
  ): Connection | undefined;
}

/** Undefined for a policy that asks nothing of what happens on connections: then they are not read. */
export function connectionOf(exchange: Exchange, forward: Forward, options: ConnectionOptions): Opening | undefined {
  const { gate } = options;
  if (gate.channel === undefined || forward.judged === undefined) return undefined;
  const { ask } = forward.judged;
  const { current, nowMs, messages, messageMs, silenceMs } = options;
  const open = (): LiveChannel => new LiveChannel({ ask, id: exchange.id, atMs: gate.nowMs() }, current);
  const told = {
    nowMs,
    onDenied: (answered: Answered) => options.onDenied(exchange, answered),
    onFault: (error: unknown) => options.onFault(exchange, error),
  };
  return {
    talk(caller, api, ending) {
      forward.end(openedBy(ending));
      const channel = open();
      const talk = new Talk({ caller, api, channel, silenceMs, messageMs, bounds: messages, ...told });
      return { look: () => talk.look(), take: ignore, end: ignore, over: () => (talk.over(), channel.close()) };
    },
    listen(headers, hands) {
      if (!isEventStream(headers)) return undefined;
      const channel = open();
      const listening = new Listening({ channel, bounds: messages, ...told, ...hands });
      return {
        look: () => listening.look(),
        take: (chunk) => listening.take(chunk),
        end: (then) => listening.end(then),
        over: () => (listening.over(), channel.close()),
      };
    },
  };
}

/** What is held until a connection is closed may be known by a name from its beginning. */
function openedBy({ status, fields }: Ending): Ending {
  const body = { is: 'unread', why: 'unasked' } as const;
  return { status, reached: true, fields, body, sentBytes: 0, tookMs: 0, torn: false, open: 'opened' };
}

function isEventStream(headers: NodeJS.Dict<string | string[]>): boolean {
  const type = String(headers['content-type'] ?? '').toLowerCase();
  if (type !== EVENT_STREAM && !type.startsWith(`${EVENT_STREAM};`)) return false;
  const coding = headers['content-encoding'] ?? 'identity';
  if (coding !== 'identity') throw new Error('the stream of events is coded in a way that nobody asked for');
  return true;
}

function ignore(): void {
  // A web socket reads for itself.
}

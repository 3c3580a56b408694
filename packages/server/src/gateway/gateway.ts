import {
  problem,
  PROBLEM_TYPE,
  upon,
  type Answered,
  type Ending,
  type Fields,
  type Forward,
  type Handled,
  type HttpGate,
  type Soon,
} from 'headgate/http';
import type { Bounds } from './bounds.ts';
import type { Exchange } from './exchange.ts';
import type { How } from './how.ts';
import { Nothing } from './nothing.ts';
import type { Caller } from './visitors.ts';
import type { Log } from './log.ts';
import type { Meters } from './meters.ts';
import { FieldRules } from './field-rules.ts';
import { Flushes } from './flushes.ts';
import { Relay, type RelayOptions } from './relay.ts';
import { Roll } from './roll.ts';
import { Room } from './room.ts';
import { judge, Serving } from './serving.ts';
import { lookMs } from './silence.ts';
import type { Upstream } from './upstream.ts';

/** How often leases are looked after. */
const TEND_MS = 250;

export interface GatewayOptions {
  readonly gate: HttpGate;
  readonly upstream: Upstream;
  readonly bounds: Bounds;
  readonly log: Log;
  readonly meters: Meters;
  /** Monotonic. */
  readonly nowMs: () => number;
}

/** A reverse proxy that asks the gate before it forwards: one request after another, whatever carries them. */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #underWay = new Roll<Serving>();
  readonly #watch: NodeJS.Timeout;
  readonly #tending: NodeJS.Timeout;
  #lookedMs: number;
  readonly #flushes = new Flushes();
  readonly #room: Room;
  readonly #bodies: Room;
  #relaying: RelayOptions;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#room = new Room(options.bounds.readBytes);
    this.#bodies = new Room(options.bounds.bodiesBytes);
    this.#relaying = this.#relayingBy(options.gate);
    this.#lookedMs = options.nowMs();
    this.#watch = setInterval(() => this.#look(), lookMs(options.upstream.timeoutMs)).unref();
    this.#tending = setInterval(() => this.gate.tend(), TEND_MS).unref();
  }

  get gate(): HttpGate {
    return this.#relaying.gate;
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  /** Judges every request from now on by another policy. Requests under way keep the one they began with. */
  use(gate: HttpGate): void {
    this.#relaying = this.#relayingBy(gate);
  }

  #relayingBy(gate: HttpGate): RelayOptions {
    const { upstream, bounds, nowMs } = this.#options;
    return {
      gate,
      rules: new FieldRules(gate),
      upstream,
      flushes: this.#flushes,
      silenceMs: bounds.silenceMs,
      onFailure: this.#onFailure,
      onCut: this.#onCut,
      onEnding: this.#onEnding,
      onDenied: this.#onDenied,
      onFault: this.#onFault,
      current: () => this.gate,
      messages: { maxBytes: bounds.bodyBytes, room: this.#bodies },
      messageMs: bounds.bodyMs,
      nowMs,
      room: this.#room,
    };
  }

  /** Nothing is watched any more; what is under way is about to be cut off. */
  close(): void {
    clearInterval(this.#watch);
    clearInterval(this.#tending);
    for (const { relay } of this.#underWay) relay?.ends('cut');
  }

  /** Takes a request, from its head to the last byte of its answer. */
  readonly serve = (exchange: Exchange, waits: boolean): void => {
    const isBusy = this.#isBusy(exchange);
    const serving = new Serving(exchange, waits, this.#relaying, this.#options.nowMs());
    exchange.caller.visitor.underWay++;
    this.#underWay.add(serving);
    exchange.onEnd(() => this.#ended(serving));
    if (isBusy) return this.#answer(exchange, 503, 'The gateway is busy.', ['Retry-After', '1']);
    try {
      const handled = judge(serving, this.#options.bounds, this.#bodies);
      if (handled instanceof Promise) void this.#takeLater(serving, handled);
      else this.#take(serving, handled);
    } catch (error) {
      this.#fault(exchange, error);
    }
  };

  #ended(serving: Serving): void {
    const { exchange, relay, begunMs } = serving;
    const { meters, log, nowMs } = this.#options;
    exchange.caller.visitor.underWay--;
    this.#underWay.remove(serving);
    relay?.ended();
    serving.reading?.release();
    const tookMs = nowMs() - begunMs;
    meters.ended(exchange.status, tookMs);
    log.served(exchange, tookMs, relay?.how);
  }

  /** Counts a head that was no HTTP, against the address it came from. */
  readonly malformed = (caller: Caller, status: number): Soon<Fields> => {
    this.#options.meters.denied('malformed');
    const refused = upon(this.gate.refuse(new Nothing(caller.address), status, ''), ({ fields }) => fields);
    return refused instanceof Promise ? refused.catch((error: unknown) => this.#uncounted(error)) : refused;
  };

  #uncounted(error: unknown): Fields {
    this.#options.log.error('a malformed request could not be counted', { err: error });
    return [];
  }

  readonly flooded = (network: string, of: string): void => {
    this.#options.meters.flooded(of);
    this.#options.log.warn('a connection was ended as an attack', { of });
  };

  async #takeLater(serving: Serving, handled: Promise<Handled>): Promise<void> {
    try {
      this.#take(serving, await handled);
    } catch (error) {
      this.#fault(serving.exchange, error);
    }
  }

  #take(serving: Serving, handled: Handled): void {
    const { exchange, relaying } = serving;
    if (handled.kind === 'answer') return this.#deny(exchange, handled);
    const relay = new Relay(exchange, handled, relaying, serving.begunMs, serving.reading?.bytes);
    serving.relay = relay;
    // Asked for and judged, so it counts; but nobody is left to be answered.
    if (exchange.gone) return relay.ended();
    serving.proceed();
    relay.start();
  }

  #deny(exchange: Exchange, answered: Answered): void {
    const { status, body, silent, ends } = answered;
    this.#onDenied(exchange, answered);
    if (silent === true) return exchange.tear();
    const fields = [...answered.fields, 'X-Request-Id', exchange.id];
    // RFC 9113 8.2.2: HTTP/2 has no such field, and its connection may be many callers'.
    if (ends === true && exchange.version !== '2') fields.push('Connection', 'close');
    exchange.reply(status, fields, body);
  }

  readonly #onDenied = (exchange: Exchange, { status, denial }: Answered): void => {
    if (denial === undefined) return;
    this.#options.meters.denied(denial.limit);
    this.#options.log.denied(exchange, status, denial);
  };

  readonly #onFault = (exchange: Exchange, error: unknown): void => {
    this.#options.meters.failed(500);
    this.#options.log.fault(exchange, error);
  };

  readonly #onCut = (exchange: Exchange, answered: Soon<Answered>): void => {
    if (!(answered instanceof Promise)) return this.#deny(exchange, answered);
    answered.then(
      (one) => this.#deny(exchange, one),
      (error: unknown) => this.#fault(exchange, error),
    );
  };

  readonly #onFailure = (exchange: Exchange, forward: Forward, status: 502 | 504, error: Error): void => {
    this.#options.meters.failed(status);
    this.#options.log.failed(exchange, status, error);
    const detail = status === 504 ? 'The API did not answer in time.' : 'The API could not be reached.';
    const { fields, body } = forward.answer(status, detail);
    exchange.reply(status, [...fields, 'X-Request-Id', exchange.id], body);
  };

  /** What cannot be settled is ours to mend: the exchange goes on. */
  readonly #onEnding = (exchange: Exchange, forward: Forward, ending: Ending, how: How): void => {
    if (how !== 'whole') this.#options.meters.endedBy(how);
    try {
      forward.end(ending);
    } catch (error) {
      this.#options.log.fault(exchange, error);
    }
  };

  /** A request that could not be judged must not pass. */
  #fault(exchange: Exchange, error: unknown): void {
    this.#options.meters.failed(500);
    this.#options.log.fault(exchange, error);
    this.#answer(exchange, 500, 'The request could not be judged.', []);
  }

  #answer(exchange: Exchange, status: number, detail: string, fields: Fields): void {
    const own = ['Content-Type', PROBLEM_TYPE, 'X-Request-Id', exchange.id];
    exchange.reply(status, [...own, ...fields], problem(status, detail));
  }

  #isBusy({ caller: { visitor } }: Exchange): boolean {
    const { upstream, bounds } = this.#options;
    if (Math.max(this.#underWay.size, upstream.clients.busy) >= bounds.underWay) return true;
    return visitor.isBounded && visitor.underWay >= bounds.underWayAnAddress;
  }

  /** At all that is under way: what takes too long is ended. Web sockets may last. */
  #look(): void {
    const { nowMs, bounds } = this.#options;
    const now = nowMs();
    const elapsedMs = now - this.#lookedMs;
    this.#lookedMs = now;
    for (const { exchange, begunMs, relay } of this.#underWay) {
      if (exchange.upgrade !== undefined || now - begunMs <= bounds.totalMs) relay?.look(elapsedMs);
      else {
        relay?.ends('timed-out');
        exchange.tear();
      }
    }
  }
}

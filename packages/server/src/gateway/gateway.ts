import { problem, PROBLEM_TYPE, type Fields, type Handled, type HttpGate } from 'headgate/http';
import { LOOK_MS, type Bounds } from './bounds.ts';
import type { Exchange } from './exchange.ts';
import { Nothing } from './nothing.ts';
import type { Caller } from './visitors.ts';
import type { Log } from './log.ts';
import type { Meters } from './meters.ts';
import { Relay } from './relay.ts';
import type { Upstream } from './upstream.ts';

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
  readonly #underWay = new Map<Exchange, number>();
  readonly #watch: NodeJS.Timeout;
  #gate: HttpGate;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#gate = options.gate;
    this.#watch = setInterval(() => this.#endOverdue(), LOOK_MS).unref();
  }

  get gate(): HttpGate {
    return this.#gate;
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  /** Judges every request from now on by another policy. Requests under way keep the one they began with. */
  use(gate: HttpGate): void {
    this.#gate = gate;
  }

  /** Nothing is watched any more; what is under way goes on. */
  close(): void {
    clearInterval(this.#watch);
  }

  /** Takes a request, from its head to the last byte of its answer. */
  readonly serve = (exchange: Exchange, waits: boolean): void => {
    const begunMs = this.#options.nowMs();
    const { visitor } = exchange.caller;
    const isBusy = this.#isBusy(exchange);
    visitor.underWay++;
    this.#underWay.set(exchange, begunMs);
    let relay: Relay | undefined;
    exchange.onEnd(() => {
      visitor.underWay--;
      this.#underWay.delete(exchange);
      relay?.ended();
      this.#options.meters.ended(exchange.status, this.#options.nowMs() - begunMs);
      this.#options.log.served(exchange, this.#options.nowMs() - begunMs);
    });
    if (isBusy) return this.#answer(exchange, 503, 'The gateway is busy.', ['Retry-After', '1']);
    const gate = this.#gate;
    const take = (handled: Handled): void => {
      relay = this.#take(exchange, waits, gate, handled);
    };
    const fault = (error: unknown): void => this.#fault(exchange, error);
    try {
      const handled = this.#judge(exchange, gate);
      if (handled instanceof Promise) void handled.then(take).catch(fault);
      else take(handled);
    } catch (error) {
      fault(error);
    }
  };

  /** Counts a head that was no HTTP, against the address it came from. */
  readonly malformed = (caller: Caller, status: number): Fields => {
    this.#options.meters.denied('malformed');
    return this.#gate.refuse(new Nothing(caller.address), status, '').fields;
  };

  readonly flooded = (network: string, of: string): void => {
    this.#options.meters.flooded(of);
    this.#options.log.warn('a connection was ended as an attack', { of });
  };

  #judge(exchange: Exchange, gate: HttpGate): Handled | Promise<Handled> {
    const { refusal } = exchange;
    return refusal === undefined ? gate.handle(exchange) : gate.refuse(exchange, refusal.status, refusal.detail);
  }

  #take(exchange: Exchange, waits: boolean, gate: HttpGate, handled: Handled): Relay | undefined {
    const { log, meters, upstream, bounds } = this.#options;
    if (handled.kind === 'answer') {
      meters.denied(handled.denial.limit);
      log.denied(exchange, handled.status, handled.denial);
      exchange.reply(handled.status, [...handled.fields, 'X-Request-Id', exchange.id], handled.body);
      return undefined;
    }
    // Asked for and judged, so it counts; but nobody is left to be answered.
    if (exchange.gone) return undefined;
    if (waits) exchange.proceed();
    const relay = new Relay(exchange, handled, {
      gate,
      upstream,
      silenceMs: bounds.silenceMs,
      onFailure: this.#onFailure,
    });
    relay.start();
    return relay;
  }

  readonly #onFailure = (exchange: Exchange, status: 502 | 504, error: Error, fields: Fields): void => {
    this.#options.meters.failed(status);
    this.#options.log.failed(exchange, status, error);
    const detail = status === 504 ? 'The API did not answer in time.' : 'The API could not be reached.';
    this.#answer(exchange, status, detail, fields);
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
    const { underWay, underWayAnAddress } = this.#options.bounds;
    return this.#underWay.size >= underWay || (visitor.isBounded && visitor.underWay >= underWayAnAddress);
  }

  /** In the order they came: the first that is not overdue ends the search. */
  #endOverdue(): void {
    const { nowMs, bounds } = this.#options;
    for (const [exchange, begunMs] of this.#underWay) {
      if (nowMs() - begunMs <= bounds.totalMs) return;
      if (exchange.upgrade === undefined) exchange.tear();
    }
  }
}

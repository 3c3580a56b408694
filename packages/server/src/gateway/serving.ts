import type { Brought, Handled } from 'headgate/http';
import type { Bounds } from './bounds.ts';
import { Reading } from './reading.ts';
import type { Exchange } from './exchange.ts';
import type { Relay, RelayOptions } from './relay.ts';
import type { Enrolled } from './roll.ts';
import type { Room } from './room.ts';

/** One request, and what becomes of it. */
export class Serving implements Enrolled {
  readonly exchange: Exchange;
  /** Whether the caller sends its body only when it is told to. */
  #waits: boolean;
  /** By the policy that it began with. */
  readonly relaying: RelayOptions;
  readonly begunMs: number;
  before: Enrolled | undefined;
  after: Enrolled | undefined;
  relay: Relay | undefined;
  /** Its body, when limits read it. */
  reading: Reading | undefined;

  constructor(exchange: Exchange, waits: boolean, relaying: RelayOptions, begunMs: number) {
    this.exchange = exchange;
    this.#waits = waits;
    this.relaying = relaying;
    this.begunMs = begunMs;
  }

  /** Has the body sent by whoever waits to be told so. */
  proceed(): void {
    if (this.#waits) this.exchange.proceed();
    this.#waits = false;
  }

  /** Reads the body, for limits that are told by it. */
  bring(maxBytes: number, bounds: Bounds, room: Room): Promise<Brought> {
    const reading = new Reading(this.exchange, { maxBytes, maxMs: bounds.bodyMs, room });
    this.reading = reading;
    this.proceed();
    return reading.bring();
  }
}

/** Asks the gate; what is not for forwarding is refused by it too. */
export function judge(serving: Serving, bounds: Bounds, room: Room): Handled | Promise<Handled> {
  const {
    exchange,
    relaying: { gate },
  } = serving;
  const { refusal } = exchange;
  if (refusal !== undefined) return gate.refuse(exchange, refusal.status, refusal.detail);
  if (!gate.readsBodies) return gate.handle(exchange);
  return gate.handle(exchange, (maxBytes) => serving.bring(maxBytes, bounds, room));
}

import type { Reading } from './bring.ts';
import type { Exchange } from './exchange.ts';
import type { Relay, RelayOptions } from './relay.ts';
import type { Enrolled } from './roll.ts';

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
}

import type { Handled } from 'headgate/http';
import type { Exchange } from './exchange.ts';
import type { Relay, RelayOptions } from './relay.ts';
import type { Enrolled } from './roll.ts';

/** One request, and what becomes of it. */
export class Serving implements Enrolled {
  readonly exchange: Exchange;
  /** Whether the caller sends its body only when it is told to. */
  readonly waits: boolean;
  /** By the policy that it began with. */
  readonly relaying: RelayOptions;
  readonly begunMs: number;
  before: Enrolled | undefined;
  after: Enrolled | undefined;
  relay: Relay | undefined;

  constructor(exchange: Exchange, waits: boolean, relaying: RelayOptions, begunMs: number) {
    this.exchange = exchange;
    this.waits = waits;
    this.relaying = relaying;
    this.begunMs = begunMs;
  }
}

/** Asks the gate; what is not for forwarding is refused by it too. */
export function judge({ exchange, relaying: { gate } }: Serving): Handled | Promise<Handled> {
  const { refusal } = exchange;
  return refusal === undefined ? gate.handle(exchange) : gate.refuse(exchange, refusal.status, refusal.detail);
}

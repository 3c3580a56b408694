import { LOST_MS, MAX_ERRANDS } from '../figures.ts';
import { RateLimitError } from '../fetch/errors.ts';
import type { DeclaredLimits } from '../fetch/options.ts';
import type { Limit } from '../model/limit.ts';
import type { Pacer } from '../model/pacer.ts';
import type { Flight } from '../model/scope.ts';
import type { Channel, Message } from './wire.ts';

/** What is done for one request of another process. */
interface Errand {
  readonly controller: AbortController;
  flight?: Flight;
  held?: true;
}

/** Answers others who want to send, by the one pacer that all share. */
export class Leader {
  readonly #errands = new Map<string, Errand>();
  readonly #pacer: Pacer;
  readonly #channel: Channel;
  readonly #limits: DeclaredLimits | undefined;
  readonly #nowMs: () => number;
  #order = 0;

  constructor(pacer: Pacer, channel: Channel, limits: DeclaredLimits | undefined, nowMs: () => number) {
    this.#pacer = pacer;
    this.#channel = channel;
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  hear(message: Message): void {
    if (message.is === 'take') void this.#take(message);
    else if ('from' in message && 'id' in message) this.#go(message);
  }

  async #take(message: Extract<Message, { is: 'take' }>): Promise<void> {
    const { from, id, scope, priority, notBeforeMs } = message;
    const key = `${from}/${id}`;
    // Asked again by one who was not sure to be heard, or did not hear the answer.
    const known = this.#errands.get(key);
    if (known?.flight) this.#let(message, known.flight);
    if (known) return;
    this.#sweep();
    const errand: Errand = { controller: new AbortController() };
    this.#errands.set(key, errand);
    const deadlineAtMs = this.#errands.size > MAX_ERRANDS ? 0 : (message.deadlineAtMs ?? Infinity);
    const { signal } = errand.controller;
    try {
      const ask = { ...this.#costs(message), notBeforeMs };
      errand.flight = await this.#pacer.take({ scope, ask, priority, deadlineAtMs, signal, order: this.#order++ });
      this.#let(message, errand.flight);
    } catch (error) {
      this.#errands.delete(key);
      if (error instanceof RateLimitError)
        this.#channel.post({ is: 'no', to: from, id, code: error.code, retryAtMs: error.retryAt.getTime() });
    }
  }

  #let({ from, id }: Extract<Message, { is: 'take' }>, { scope }: Flight): void {
    this.#channel.post({ is: 'go', to: from, id, inFlight: scope.flights.size });
  }

  /** Another leads: those who wait will ask there, and of what is under way the end will be told there. */
  retire(): void {
    for (const errand of this.#errands.values()) this.#drop(errand);
    this.#errands.clear();
  }

  #costs({ costs, told }: Extract<Message, { is: 'take' }>): { declared: Limit[]; costOf: (limit: Limit) => number } {
    const known = new Map(
      costs.flatMap(([key, cost]) => {
        const limit = this.#limits?.at(key);
        return limit ? [[limit, cost] as const] : [];
      }),
    );
    return { declared: [...known.keys()], costOf: (limit) => known.get(limit) ?? (limit.held ? 1 : told) };
  }

  #go(message: Extract<Message, { is: 'leave' | 'hold' | 'land' }>): void {
    const key = `${message.from}/${message.id}`;
    const errand = this.#errands.get(key);
    if (errand === undefined) return;
    const scope = errand.flight?.scope;
    if (message.is === 'hold') {
      if (scope && !errand.held) scope.reading++;
      errand.held = true;
      return;
    }
    if (scope && errand.held) scope.reading--;
    this.#errands.delete(key);
    if (message.is === 'leave') this.#drop(errand);
    else this.#land(errand, message);
    this.#pacer.pump();
  }

  #land(
    { flight }: Errand,
    { receivedAtMs, because, info, others, pausedUntilMs }: Extract<Message, { is: 'land' }>,
  ): void {
    if (flight === undefined) return;
    flight.others = others;
    flight.scope.land(flight, receivedAtMs, because ?? undefined, info ?? undefined);
    flight.scope.pausedUntilMs = Math.max(flight.scope.pausedUntilMs, pausedUntilMs);
  }

  /** Lets go of what nobody will tell the end of. */
  #sweep(): void {
    for (const [key, errand] of this.#errands) {
      if (!errand.flight || this.#nowMs() - errand.flight.sentAtMs < LOST_MS) return;
      this.#drop(errand);
      this.#errands.delete(key);
    }
  }

  /** It waits no more, and what it was let go for is over: who left may have been let go while the word was on its way. */
  #drop({ controller, flight }: Errand): void {
    controller.abort();
    flight?.scope.land(flight, this.#nowMs(), 'fault');
  }
}

import type { Outcome } from '../../core/index.ts';
import { PlanFault, type Ask } from '../../profile/index.ts';
import type { Decided } from '../decide.ts';
import { upon, type Soon } from '../soon.ts';
import { onGone, type Asking, type Delayed, type Leaving } from './asking.ts';
import { Line } from './line.ts';

/** Who comes to stand in a line. */
export interface Comer {
  readonly ask: Ask;
  readonly order: number;
  readonly costs: number;
  /** The line that it stands in. */
  readonly counter: string;
  /** How long it waits at most. */
  readonly upToMs: number;
}

/** A request that waits until it is let in. */
interface Waiter extends Comer {
  /** Monotonic. */
  readonly cameAtMs: number;
  /** Whether it is to be asked about, and is. */
  isCalled: boolean;
  isAsking: boolean;
  /** Take back whatever would call it next. */
  cancels: (() => void)[];
  readonly settle: (with_: Delayed) => void;
  readonly fail: (error: unknown) => void;
}

/** How soon to ask again where nobody can tell when something is freed. */
const HINT_MS = 1000;

/** The lines that requests stand in, one before each counter. Only the head of one is asked about: nobody polls, and nobody overtakes. */
export class Lines {
  readonly #asking: Asking;
  readonly #lines: Map<string, Line<Waiter>> = new Map();
  #size = 0;

  constructor(asking: Asking) {
    this.#asking = asking;
  }

  /** In all of them. */
  get size(): number {
    return this.#size;
  }

  /** In one. */
  of(counter: string): number {
    return this.#lines.get(counter)?.size ?? 0;
  }

  /** The costs of those who would stand before somebody with this order. */
  before(counter: string, order: number): readonly number[] {
    return costsOf(this.#lines.get(counter)?.before({ order }) ?? []);
  }

  /** Something was given back: whoever waits for that may be let in. */
  wake(): void {
    for (const line of this.#lines.values()) this.#callHead(line);
  }

  /** `outcome`: what was said when it was asked about, where it was. */
  join(view: Leaving, comer: Comer, outcome?: Outcome): Promise<Delayed> {
    const line = this.#lines.get(comer.counter) ?? new Line<Waiter>();
    this.#lines.set(comer.counter, line);
    this.#size++;
    return new Promise((settle, fail) => {
      const cameAtMs = this.#asking.monotonicMs();
      const waiter: Waiter = { ...comer, cameAtMs, isCalled: false, isAsking: false, cancels: [], settle, fail };
      const { head } = line;
      line.join(waiter);
      const gone = onGone(view, () => this.#left(waiter));
      waiter.cancels.push(
        gone,
        this.#asking.timers.after(comer.upToMs, () => this.#expire(waiter)),
      );
      if (line.head !== waiter) return;
      if (head !== undefined) this.#hush(head);
      this.#callIn(waiter, outcome);
    });
  }

  /** Asks about the head of a line when it would be let in. */
  #callIn(waiter: Waiter, outcome: Outcome | undefined): void {
    const waitMs =
      outcome === undefined ? 0 : outcome.no === 'freed' ? outcome.retryAfterMs || HINT_MS : outcome.retryAfterMs;
    if (waitMs === 0) return this.#call(waiter);
    waiter.cancels.push(this.#asking.timers.after(waitMs, () => this.#call(waiter)));
  }

  #callHead(line: Line<Waiter>): void {
    if (line.head === undefined) return;
    this.#hush(line.head);
    this.#call(line.head);
  }

  /** Whatever was to call it is taken back, but for its leaving and the end of its patience. */
  #hush(waiter: Waiter): void {
    for (const cancel of waiter.cancels.splice(2)) cancel();
  }

  /** Asks about one that is first. One question at a time: two answers could both let it in. */
  #call(waiter: Waiter): void {
    if (this.#lines.get(waiter.counter)?.head !== waiter) return;
    waiter.isCalled = true;
    if (!waiter.isAsking) void this.#askUntilHeard(waiter);
  }

  async #askUntilHeard(waiter: Waiter): Promise<void> {
    waiter.isAsking = true;
    try {
      let said: Decided | PlanFault | undefined;
      while (waiter.isCalled) {
        waiter.isCalled = false;
        said = await this.#asking.look(waiter.ask); // oxlint-disable-line no-await-in-loop -- something came back meanwhile
        if (said instanceof PlanFault || said.allowed) break;
      }
      if (said !== undefined) this.#called(waiter, said);
    } catch (error) {
      this.#fail(waiter, error);
    } finally {
      waiter.isAsking = false;
    }
  }

  #called(waiter: Waiter, said: Decided | PlanFault): void {
    if (said instanceof PlanFault || said.allowed || said.outcome === undefined) return this.#end(waiter, said);
    const { no, retryAfterMs } = said.outcome;
    const leftMs = waiter.cameAtMs + waiter.upToMs - this.#asking.monotonicMs();
    if (no === 'never' || (no === 'until' && retryAfterMs > leftMs)) return this.#end(waiter, said);
    this.#callIn(waiter, said.outcome);
  }

  /** It has waited as long as it may. Nobody overtakes: who is not first is refused, and told how long it would be yet. */
  #expire(waiter: Waiter): void {
    const line = this.#lines.get(waiter.counter);
    if (line === undefined) return;
    const ask = this.#asking.again(waiter.ask);
    const isFirst = line.head === waiter;
    const before = costsOf(line.before(waiter).filter((one) => one !== waiter));
    void this.#settleBy(waiter, () =>
      isFirst
        ? this.#asking.attempt(ask)
        : upon(this.#asking.planOf(ask), (plan) => this.#asking.denied(ask, plan, waiter.counter, before)),
    );
  }

  async #settleBy(waiter: Waiter, work: () => Soon<Decided | PlanFault>): Promise<void> {
    try {
      this.#end(waiter, await work());
    } catch (error) {
      this.#fail(waiter, error);
    }
  }

  #end(waiter: Waiter, delayed: Exclude<Delayed, 'left'>): void {
    if (!this.#leave(waiter)) return this.#tooLate(waiter, delayed);
    const delayedMs = this.#asking.monotonicMs() - waiter.cameAtMs;
    waiter.settle(delayed instanceof PlanFault ? delayed : { ...delayed, delayedMs });
  }

  /** It was let in, and had left meanwhile. */
  #tooLate({ ask, fail }: Waiter, delayed: Exclude<Delayed, 'left'>): void {
    if (!(delayed instanceof PlanFault) && delayed.allowed) this.#asking.giveBack(ask, delayed, fail);
  }

  #fail(waiter: Waiter, error: unknown): void {
    if (this.#leave(waiter)) waiter.fail(error);
  }

  #left(waiter: Waiter): void {
    if (this.#leave(waiter)) waiter.settle('left');
  }

  /** Its place is free at once: whoever is first now is asked about. False when it does not stand there any more. */
  #leave(waiter: Waiter): boolean {
    for (const cancel of waiter.cancels.splice(0)) cancel();
    const line = this.#lines.get(waiter.counter);
    const wasHead = line?.head === waiter;
    if (line?.leave(waiter) !== true) return false;
    this.#size--;
    if (line.size === 0) this.#lines.delete(waiter.counter);
    else if (wasHead) this.#callHead(line);
    return true;
  }
}

function costsOf(waiters: readonly Waiter[]): readonly number[] {
  return waiters.map(({ costs }) => costs);
}

import type { AsyncStore, Clock, Outcome, Step, SyncStore, Traits } from '../../core/index.ts';
import { memoryStore, systemClock } from '../../stores/memory/index.ts';
import type { Port, Soon } from '../soon.ts';
import { Deadlines, platformTimer, type Awaited, type Timer } from './deadlines.ts';
import { Health, type Leave } from './health.ts';
import { LocalStore } from './local.ts';
import { GuardedMemos } from './memos.ts';
import { Outage, outageOf } from './outage.ts';
import { Owed, takingBack } from './owed.ts';

/** A store has stopped to answer, or answers again. */
export interface StoreChange {
  readonly is: 'down' | 'up';
  /** As its traits call it. */
  readonly store: string;
  /** Why; empty when it answers again. */
  readonly reason: string;
}

export interface GuardOptions {
  /** The clock that the gate decides by. Default: the process's own. */
  readonly clock?: Clock;
  /** The longest that a request waits for the store, in ms. Default 50. */
  readonly deadlineMs?: number;
  /** How many processes share the store: of a limit that fails `local`, each allows that part while it does not answer. Default 1. */
  readonly nodes?: number;
  /** Told once when it does not answer any more, and once when it does again. */
  readonly onChange?: (change: StoreChange) => void;
  /** Time by which is waited, in ms, and never goes back. Default: the clock's. */
  readonly nowMs?: () => number;
  /** For tests. Default: the platform's. */
  readonly timer?: Timer;
}

/** For metrics. All but `isDown` and `owed` only ever grow. */
export interface GuardStats {
  readonly isDown: boolean;
  /** Calls that failed, or were not answered in time. */
  readonly failures: number;
  /** Requests that were judged without the store, by what the strictest of their limits said. */
  readonly degraded: Readonly<Record<'open' | 'closed' | 'local', number>>;
  /** Charges to be given back, and ends to be told, when it answers. */
  readonly owed: number;
  /** Those that never will be. */
  readonly lost: number;
}

/** A step that is under way. */
interface Call extends Awaited {
  readonly step: Step;
  readonly leave: Leave;
  readonly patience: Patience;
  readonly resolve: (outcome: Outcome) => void;
}

/** How long somebody waits, and who sees to it. */
interface Patience {
  readonly ms: number;
  readonly deadlines: Deadlines;
}

/** A late answer is listened for so much longer than a request waits: what it charged is given back. */
const LISTENS = 40;

/**
 * A store, and what becomes of those who ask it when it does not answer: nobody waits longer than the deadline, whoever need not ask does not
 * while it is down, and what was charged too late is given back. A store that answers at once passes through as it is.
 */
export class GuardedStore implements Port {
  readonly traits: Traits;
  /** Undefined where the store keeps nothing by name. */
  readonly memos: GuardedMemos | undefined;
  /** Who stands in for it. */
  readonly local: SyncStore;
  readonly degraded: Record<'open' | 'closed' | 'local', number> = { open: 0, closed: 0, local: 0 };
  readonly #store: SyncStore | AsyncStore;
  readonly #nowMs: () => number;
  readonly #patience: Patience;
  /** For those whom nobody waits for, and for late answers. */
  readonly #ears: Patience;
  readonly #onChange: (change: StoreChange) => void;
  readonly #health: Health = new Health();
  readonly #owed: Owed = new Owed();
  #failures = 0;
  #why: Outage = new Outage('the store does not answer', false);

  constructor(store: SyncStore | AsyncStore, options: GuardOptions) {
    const { clock = systemClock(), deadlineMs = 50, nodes = 1, timer = platformTimer } = options;
    this.traits = store.traits;
    this.local = new LocalStore(memoryStore({ clock }), nodes);
    this.#store = store;
    this.#nowMs = options.nowMs ?? (() => clock.monotonicMs());
    this.#patience = { ms: deadlineMs, deadlines: new Deadlines(this.#nowMs, timer) };
    this.#ears = { ms: deadlineMs * LISTENS, deadlines: new Deadlines(this.#nowMs, timer) };
    this.#onChange = options.onChange ?? NOTHING;
    const outage = (): Outage | undefined => (this.#health.isDown ? this.#why : undefined);
    this.memos = store.memos && new GuardedMemos(store.memos, deadlineMs, this.#ears.ms, outage);
  }

  /** @throws or rejects with an {@link Outage}, and what is wrong with the step */
  apply(step: Step): Soon<Outcome> {
    const leave = this.#health.isDown ? this.#leave() : 'asks';
    let said: Soon<Outcome>;
    try {
      said = this.#store.apply(step, this.#ears.ms);
    } catch (error) {
      throw this.#failed(error, leave, false);
    }
    if (said instanceof Promise) return this.#wait(step, said, leave, this.#patience);
    this.#heard();
    return said;
  }

  /** For what is charged where nobody is known, and anything else that the process may count by itself. */
  applyOrStandIn(step: Step): Soon<Outcome> {
    let said: Soon<Outcome>;
    try {
      said = this.apply(step);
    } catch (error) {
      return this.#standIn(step, error);
    }
    return said instanceof Promise ? said.catch((error: unknown) => this.#standIn(step, error)) : said;
  }

  /** @throws what is no outage */
  #standIn(step: Step, error: unknown): Soon<Outcome> {
    if (error instanceof Outage) return this.local.apply(step);
    throw error;
  }

  /** Will be carried out when the store answers again: what must not be lost, and nobody waits for. */
  owe(step: Step): void {
    this.#owed.add(step);
    if (this.#health.isWell) void this.#pay();
  }

  /** The same of a step that came to nothing. One that was asked for may have been carried out all the same, and is not asked for twice. */
  oweAfter({ wasAsked }: Outage, step: Step): void {
    if (wasAsked) this.#owed.lost++;
    else this.owe(step);
  }

  stats(): GuardStats {
    const { size: owed, lost } = this.#owed;
    return { isDown: this.#health.isDown, failures: this.#failures, degraded: { ...this.degraded }, owed, lost };
  }

  /** @throws Outage at once where nothing would come of it */
  #leave(): Leave {
    const leave = this.#health.leave(this.#nowMs());
    if (leave === 'waits') throw this.#why;
    return leave;
  }

  #wait(step: Step, said: Promise<Outcome>, leave: Leave, patience: Patience): Promise<Outcome> {
    const { ms, deadlines } = patience;
    return new Promise((resolve, reject) => {
      const call: Call = {
        step,
        leave,
        patience,
        dueAtMs: this.#nowMs() + ms,
        isOver: false,
        resolve,
        giveUp: () => reject(this.#failed(new Outage(`no answer within ${ms} ms`), leave, true)),
        next: undefined,
      };
      deadlines.add(call);
      said.then(
        (outcome) => this.#came(call, outcome),
        (error: unknown) => reject(this.#notCame(call, error)),
      );
    });
  }

  /** Only an answer that somebody could use says that the store answers. */
  #came(call: Call, outcome: Outcome): void {
    if (call.isOver) return this.#cameLate(call, outcome);
    if (call.patience === this.#patience) this.#heard();
    call.isOver = true;
    call.resolve(outcome);
  }

  /** Nobody is told: what it charged is given back, as soon as that may be asked for. */
  #cameLate({ step }: Call, outcome: Outcome): void {
    for (const back of takingBack(step, outcome)) this.#owed.add(back);
    if (!this.#health.isDown) void this.#pay();
  }

  #notCame(call: Call, error: unknown): unknown {
    // Who has given up has noted it.
    const fault = call.isOver ? error : this.#failed(error, call.leave, true);
    call.isOver = true;
    return fault;
  }

  /** It answers: mostly as it did before, and there is nothing to do. */
  #heard(): void {
    if (this.#health.isWell && this.#owed.size === 0) return;
    if (this.#health.answered(this.#nowMs())) this.#onChange({ is: 'up', store: this.traits.name, reason: '' });
    void this.#pay();
  }

  /** What whoever asked is told. */
  #failed(error: unknown, leave: Leave, isLater: boolean): unknown {
    const outage = error instanceof Outage ? error : outageOf(error, isLater);
    if (outage === undefined) {
      // It has answered: what is wrong is the step.
      this.#heard();
      return error;
    }
    this.#failures++;
    if (this.#health.failed(this.#nowMs(), leave)) this.#down(outage);
    return outage;
  }

  #down({ message }: Outage): void {
    const reason = message.replace(/^\w+: /, '');
    this.#why = new Outage(reason, false);
    this.#onChange({ is: 'down', store: this.traits.name, reason });
  }

  #pay(): Promise<void> {
    return this.#owed.pay(async (step) => {
      const said = Promise.resolve(this.#store.apply(step, this.#ears.ms));
      return this.#wait(step, said, 'asks', this.#ears);
    });
  }
}

const NOTHING = (): void => undefined;

/**
 * Makes what a gate asks of a store: to be given to one gate after another over the same store, so that they know alike whether it answers.
 * A gate that is given the store itself makes its own.
 */
export function guardStore(store: SyncStore | AsyncStore, options: GuardOptions = {}): GuardedStore {
  return new GuardedStore(store, options);
}

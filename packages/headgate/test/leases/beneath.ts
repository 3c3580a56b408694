import { HeadgateError, type AsyncStore, type Outcome, type Step, type SyncStore } from '../../src/core/index.ts';
import { leaseStore, type LeaseOptions, type LeaseStore } from '../../src/stores/leased/index.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { manualClock, programOf, type LimitSpec, type ManualClock } from '../../src/testing/index.ts';

/** A store that is somewhere else, as far as anybody can tell: it notes what it is asked, and answers when it is told to. */
export class Beneath implements AsyncStore {
  readonly traits: AsyncStore['traits'] = { name: 'beneath', clock: 'store', durable: true };
  readonly steps: Step[] = [];
  isDown = false;
  isClosed = false;
  /** Whether answers wait for `answer`. */
  waits = false;
  readonly #store: SyncStore;
  #waiting: (() => void)[] = [];

  constructor(store: SyncStore) {
    this.#store = store;
  }

  apply(step: Step): Promise<Outcome> {
    this.steps.push(step);
    if (this.isDown) return Promise.reject(new HeadgateError('ERR_STORE', 'beneath: expected an answer, got none'));
    let outcome: Outcome;
    try {
      outcome = this.#store.apply(step);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.waits ? new Promise((resolve) => this.#waiting.push(() => resolve(outcome))) : Promise.resolve(outcome);
  }

  /** Of one verb. */
  asked(op: Step['op']): Step[] {
    return this.steps.filter((step) => step.op === op);
  }

  /** What was asked until now; what is asked then waits again. */
  async answer(): Promise<void> {
    for (const tell of this.#waiting.splice(0)) tell();
    await turns();
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

/** What follows from an answer has followed. */
export async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

/** One process that leases, beside whoever else asks the same store. */
export class One {
  readonly clock: ManualClock = manualClock();
  readonly truth: SyncStore = memoryStore({ clock: this.clock });
  readonly beneath: Beneath = new Beneath(this.truth);
  readonly store: LeaseStore;
  readonly program: ReturnType<typeof programOf>;
  #due: { readonly atMs: number; readonly call: () => void }[] = [];

  constructor(limits: readonly LimitSpec[], options: LeaseOptions = {}) {
    this.program = programOf(...limits);
    const timer = (afterMs: number, call: () => void): void => {
      this.#due.push({ atMs: this.clock.monotonicMs() + afterMs, call });
    };
    this.store = leaseStore(this.beneath, { clock: this.clock, timer, ...options });
  }

  step(cost = 1, more: Partial<Step> = {}): Step {
    const { program } = this;
    return {
      op: 'decide',
      program,
      keys: program.records.map(() => 'k'),
      costs: program.checks.map(() => cost),
      reservationId: 'r',
      ...more,
    };
  }

  /** What is asked is answered before anything else happens. */
  async ask(cost = 1, more: Partial<Step> = {}): Promise<Outcome> {
    const outcome = await this.store.apply(this.step(cost, more), 50);
    await turns();
    return outcome;
  }

  /** Asks so often, `apartMs` apart, and says how many were let in. */
  async many(count: number, apartMs = 0): Promise<number> {
    let allowed = 0;
    for (let i = 0; i < count; i++) {
      if ((await this.ask()).allowed) allowed++;
      await this.pass(apartMs);
    }
    return allowed;
  }

  /** Whether the next decision would be made here. It is made. */
  asksHere(cost = 1): boolean {
    const said = this.store.apply(this.step(cost), 50);
    if (said instanceof Promise) said.catch(() => undefined);
    return !(said instanceof Promise);
  }

  /** What is left, as the store knows it. */
  left(check = 0): number {
    return this.truth.apply(this.step(0, { op: 'peek' })).figures[2 * check]!;
  }

  async pass(ms: number): Promise<void> {
    const untilMs = this.clock.monotonicMs() + ms;
    for (;;) {
      const next = this.#due.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > untilMs) break;
      this.#due = this.#due.filter((one) => one !== next);
      this.clock.advance(Math.max(0, next.atMs - this.clock.monotonicMs()));
      next.call();
      await turns();
    }
    this.clock.advance(untilMs - this.clock.monotonicMs());
  }
}

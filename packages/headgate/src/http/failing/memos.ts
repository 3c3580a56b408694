import type { Memos } from '../../core/index.ts';
import type { Soon } from '../soon.ts';
import { outageOf, type Outage } from './outage.ts';

/** What is asked of a store by name. Only for what is read does anybody wait; and while the store is down nobody asks. */
export class GuardedMemos {
  readonly #memos: Memos;
  readonly #deadlineMs: number;
  readonly #patientMs: number;
  readonly #outage: () => Outage | undefined;

  /**
   * @param deadlineMs for whoever waits
   * @param patientMs for what nobody waits for, and somebody else would miss
   * @param outage why the store is not to be asked now; undefined: it is
   */
  constructor(memos: Memos, deadlineMs: number, patientMs: number, outage: () => Outage | undefined) {
    this.#memos = memos;
    this.#deadlineMs = deadlineMs;
    this.#patientMs = patientMs;
    this.#outage = outage;
  }

  /** @throws or rejects with an {@link Outage}, as all do */
  put(name: string, text: string, lifetimeMs: number): Soon<string | undefined> {
    return this.#ask(() => this.#memos.put(name, text, lifetimeMs, this.#patientMs));
  }

  read(name: string): Soon<string | undefined> {
    return this.#ask(() => this.#memos.read(name, this.#deadlineMs));
  }

  take(name: string): Soon<string | undefined> {
    return this.#ask(() => this.#memos.take(name, this.#patientMs));
  }

  /** As `take`, where the store keeps no marks. */
  mark(name: string, lifetimeMs: number): Soon<string | undefined> {
    const memos = this.#memos;
    return this.#ask(() => memos.mark?.(name, lifetimeMs, this.#patientMs) ?? memos.take(name, this.#patientMs));
  }

  #ask(ask: () => Soon<string | undefined>): Soon<string | undefined> {
    const outage = this.#outage();
    if (outage !== undefined) throw outage;
    try {
      const said = ask();
      return said instanceof Promise ? said.catch((error: unknown) => failed(error, true)) : said;
    } catch (error) {
      return failed(error, false);
    }
  }
}

function failed(error: unknown, isLater: boolean): never {
  throw outageOf(error, isLater) ?? error;
}

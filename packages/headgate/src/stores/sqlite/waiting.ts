import type { Outcome } from '../../core/index.ts';

/** Steps that one commit may acknowledge: beyond it a tick is committed at once. */
const MOST = 4096;

/** Does something once, when what came together with the caller has been dealt with. */
export type Later = (act: () => void) => void;

/** Who waits for the end of a tick. */
interface Waiter {
  readonly answer: Outcome | { readonly fault: unknown };
  readonly resolve: (out: Outcome) => void;
  readonly reject: (fault: unknown) => void;
}

/**
 * The steps of a tick, each of which is answered when all are committed. A fault waits too: it may be about what another
 * step of the tick did, and that is true only when it is committed.
 */
export class Waiting {
  readonly #commit: () => void;
  readonly #later: Later;
  #waiters: Waiter[] = [];
  #isBegun = false;

  /** `commit` throws when the tick was taken back; `later` says when a tick that has begun is to end. */
  constructor(commit: () => void, later: Later) {
    this.#commit = commit;
    this.#later = later;
  }

  add(decide: () => Outcome): Promise<Outcome> {
    const answer = attempt(decide);
    return new Promise((resolve, reject) => {
      this.begin();
      if (this.#waiters.push({ answer, resolve, reject }) >= MOST) this.flush();
    });
  }

  /** Begins a tick, for what nobody waits for too. */
  begin(): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    this.#later(() => this.flush());
  }

  /** Ends the tick, if one has begun. */
  flush(): void {
    if (!this.#isBegun) return;
    this.#isBegun = false;
    const waiters = this.#waiters;
    this.#waiters = [];
    try {
      this.#commit();
    } catch (fault) {
      for (const { reject } of waiters) reject(fault);
      return;
    }
    for (const { answer, resolve, reject } of waiters) {
      if ('fault' in answer) reject(answer.fault);
      else resolve(answer);
    }
  }
}

function attempt(decide: () => Outcome): Waiter['answer'] {
  try {
    return decide();
  } catch (fault) {
    return { fault };
  }
}

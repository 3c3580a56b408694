import { JOBS, LEASE_MS } from './policy.ts';

/** What an API knows of a request that it was let have. */
export interface Job {
  readonly key: string;
  /** As the gate calls what is reserved for it, and as the API calls it. */
  readonly reservationId: string;
  readonly id: string;
  /** When it was let in, as the store's clock said. */
  readonly letInAtMs: number;
  readonly cost: number;
  /** `runs`: its creation may have been answered or not. `over`: it has come to an end, or never began. */
  state: 'runs' | 'over';
  /** Whether its gate was told what became of its creation, and what that was. */
  answer: 'none' | 'begun' | 'refused' | 'unanswered' | 'unsent';
  /** Whether its end was told to any gate: from then on it may be free. */
  isEnded: boolean;
}

/** The API behind all gates: what really runs there. */
export class Api {
  readonly #jobs: Map<string, Job> = new Map();
  readonly #byKey: Map<string, Job[]> = new Map();
  readonly #nowMs: () => number;

  /** @param nowMs the store's own time, by which leases end */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** @throws Error where more run than may */
  begin(key: string, reservationId: string, letInAtMs: number, cost: number): Job {
    const id = `job ${this.#jobs.size}`;
    const job: Job = { key, reservationId, id, letInAtMs, cost, state: 'runs', answer: 'none', isEnded: false };
    this.#jobs.set(reservationId, job);
    const all = (this.#byKey.get(key) ?? []).filter((one) => this.#isLive(one));
    all.push(job);
    this.#byKey.set(key, all);
    const live = all.filter((one) => this.#isLive(one)).length;
    if (live > JOBS) throw new Error(`${key}: ${live} jobs run of ${JOBS}`);
    return job;
  }

  find(reservationId: string): Job | undefined {
    return this.#jobs.get(reservationId);
  }

  /** Whether it surely holds its permit: nobody has said that it is over, and no lease has ended, even if none was renewed. */
  #isLive({ state, isEnded, letInAtMs }: Job): boolean {
    return state === 'runs' && !isEnded && this.#nowMs() < letInAtMs + LEASE_MS;
  }
}

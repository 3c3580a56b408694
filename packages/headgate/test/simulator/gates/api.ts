import { JOBS, LEASE_MS } from './policy.ts';

/** What an API knows of a request that it was let have. */
export interface Job {
  readonly key: string;
  /** As the API calls it. */
  readonly id: string;
  /** When it was let in, as the store's clock said. */
  readonly letInAtMs: number;
  readonly cost: number;
  /** What its gate was told of its creation. */
  answer: 'none' | 'begun' | 'refused' | 'unanswered' | 'unsent';
  /** Whether any gate was told that it is over, or never began: from then on its permit may be free. */
  isEnded: boolean;
}

/** The API behind all gates: what really runs there. */
export class Api {
  /** By the reservation's id. */
  readonly #jobs: Map<string, Job> = new Map();
  readonly #live: Map<string, readonly Job[]> = new Map();
  readonly #nowMs: () => number;

  /** @param nowMs the store's own time, by which leases end */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** @throws Error where more run than may */
  begin(key: string, reservationId: string, letInAtMs: number, cost: number): Job {
    const job: Job = { key, id: `job-${this.#jobs.size}`, letInAtMs, cost, answer: 'none', isEnded: false };
    this.#jobs.set(reservationId, job);
    const live = [...(this.#live.get(key) ?? []), job].filter((one) => this.#isLive(one));
    this.#live.set(key, live);
    if (live.length > JOBS) throw new Error(`${key}: ${live.length} jobs run of ${JOBS}`);
    return job;
  }

  find(reservationId: string): Job | undefined {
    return this.#jobs.get(reservationId);
  }

  /** Whether it surely holds its permit: nobody has said that it is over, and its lease has not ended, even if it was never renewed. */
  #isLive({ isEnded, letInAtMs }: Job): boolean {
    return !isEnded && this.#nowMs() < letInAtMs + LEASE_MS;
  }
}

/*
 * What is held, kept as a list of all that was ever granted: slow, and obvious.
 */

const JOB_LEASE_MS = 300_000;
export const LIMITS = { jobs: 2, inFlight: 3, spend: 10, stored: 8 } as const;
/** What one request takes of each. */
const TAKES = { jobs: 1, inFlight: 1, spend: 1, stored: 2 } as const;

export type Name = keyof typeof LIMITS;
export const NAMES: readonly Name[] = ['jobs', 'inFlight', 'spend', 'stored'];

/** How an exchange ends: a job began, one without a name, the API failed, never answered, or was never reached. */
export type How = 'begun' | 'nameless' | 'failed' | 'unanswered' | 'unreached';

interface Grant {
  readonly request: number;
  readonly limit: Name;
  readonly granted: number;
  /** What it came to; undefined while it is pending. */
  settled: number | undefined;
  untilMs: number;
  id: string | undefined;
}

export class Oracle {
  nowMs = 0;
  #requests = 0;
  readonly #grants: Grant[] = [];
  /** Ids that were ended before they were known, and how many requests had begun by then. */
  readonly #early: Map<string, number> = new Map();

  /** The number of a request that is let in. */
  take(): number | undefined {
    if (NAMES.some((name) => this.used(name) + TAKES[name] > LIMITS[name])) return undefined;
    const request = this.#requests++;
    for (const limit of NAMES)
      this.#grants.push({
        request,
        limit,
        granted: TAKES[limit],
        settled: undefined,
        untilMs: Infinity,
        id: undefined,
      });
    return request;
  }

  /** @param cost what the body says; undefined when it says nothing that is a cost */
  end(request: number, how: How, cost: number | undefined, id: string): void {
    for (const grant of this.#pending(request)) {
      const { limit, granted } = grant;
      if (how === 'unreached' || limit === 'inFlight') grant.settled = 0;
      else if (limit === 'spend') grant.settled = how === 'unanswered' ? granted : (cost ?? granted);
      else if (limit === 'stored') grant.settled = how === 'failed' ? 0 : granted;
      else if (how === 'failed') grant.settled = 0;
      else {
        const isOver = how === 'begun' && (this.#early.get(id) ?? -1) > request;
        if (how === 'begun' && !isOver) for (const same of this.#named(id)) same.settled = 0;
        grant.untilMs = this.nowMs + JOB_LEASE_MS;
        grant.id = how === 'begun' ? id : undefined;
        if (isOver) grant.settled = 0;
      }
    }
  }

  /** Of an id that nobody knows yet, it is remembered for the requests under way. */
  poll(id: string): void {
    const named = this.#named(id);
    for (const grant of named) grant.settled = 0;
    if (named.length === 0) this.#early.set(id, this.#requests);
  }

  /** By its reservation: everything but the permit of its exchange. Whether there was anything. */
  cancel(request: number): boolean {
    const pending = this.#pending(request).filter(({ limit }) => limit !== 'inFlight');
    for (const grant of pending) grant.settled = 0;
    return pending.length > 0;
  }

  settle(request: number, cost: number): boolean {
    const grant = this.#pending(request).find(({ limit }) => limit === 'spend');
    if (grant !== undefined) grant.settled = cost;
    return grant !== undefined;
  }

  renew(request: number): boolean {
    const pending = this.#pending(request);
    for (const grant of pending) if (grant.untilMs < Infinity) grant.untilMs = this.nowMs + JOB_LEASE_MS;
    return pending.length > 0;
  }

  advance(ms: number): void {
    this.nowMs += ms;
    for (const grant of this.#grants) if (grant.untilMs <= this.nowMs) grant.settled ??= 0;
  }

  used(name: Name): number {
    return this.#sum(name, ({ granted, settled }) => settled ?? granted);
  }

  /** Granted is what was settled, what came back, and what is pending. */
  isBalanced(name: Name): boolean {
    const granted = this.#sum(name, (grant) => grant.granted);
    const settled = this.#sum(name, (grant) => grant.settled ?? 0);
    const released = this.#sum(name, (grant) => grant.granted - (grant.settled ?? grant.granted));
    const pending = this.#sum(name, (grant) => (grant.settled === undefined ? grant.granted : 0));
    return granted === settled + released + pending;
  }

  #sum(name: Name, of: (grant: Grant) => number): number {
    return this.#grants.filter(({ limit }) => limit === name).reduce((sum, grant) => sum + of(grant), 0);
  }

  #pending(request: number): readonly Grant[] {
    return this.#grants.filter((grant) => grant.request === request && grant.settled === undefined);
  }

  #named(id: string): readonly Grant[] {
    return this.#grants.filter((grant) => grant.id === id && grant.settled === undefined);
  }
}

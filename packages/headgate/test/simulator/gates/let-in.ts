import type { Auditor } from '../audits/auditor.ts';
import { outcomeOf, type Entry } from '../entry.ts';
import type { Api } from './api.ts';

/** What the store has let in, and what it was told of that: what is settled is what the API said, and what is cancelled never reached the API. */
export class LetIn implements Auditor {
  readonly #api: Api;
  /** By reservation id: when. */
  #atMs: Map<string, number> = new Map();
  #isSettled: Set<string> = new Set();

  constructor(api: Api) {
    this.#api = api;
  }

  done(entry: Entry): void {
    const { step, nowMs } = entry;
    const { op, reservationId } = step;
    const out = outcomeOf(entry);
    if (out?.status !== 'ok' || reservationId === undefined) return;
    if (op === 'decide' && out.allowed) this.#atMs.set(reservationId, nowMs);
    if (op === 'settle') this.#settled(step, reservationId);
    if (op === 'cancel' && this.#api.find(reservationId) !== undefined)
      throw new Error(`${reservationId}: cancelled, and the API has it`);
  }

  atMs(reservationId: string): number | undefined {
    return this.#atMs.get(reservationId);
  }

  reset(): void {
    this.#atMs = new Map();
    this.#isSettled = new Set();
  }

  /** Once: what is said of a cost after that is said of what is not reserved any more. */
  #settled({ program, resolves, costs }: Entry['step'], reservationId: string): void {
    const quota = program.checks.findIndex(({ kind }) => kind === 'quota');
    const isLeftOut = resolves !== undefined && resolves[quota] !== true;
    if (isLeftOut || this.#isSettled.has(reservationId)) return;
    this.#isSettled.add(reservationId);
    const job = this.#api.find(reservationId);
    if (job?.answer === 'begun' && costs[quota] !== job.cost)
      throw new Error(`${reservationId}: settled at ${costs[quota]}, and cost ${job.cost}`);
  }
}

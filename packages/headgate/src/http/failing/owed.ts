import type { Outcome, Step } from '../../core/index.ts';

/** Steps that are owed at once. */
const MAX_OWED = 10_000;

/** Whatever is asked for twice is done once. */
const ONCE: ReadonlySet<Step['op']> = new Set(['settle', 'cancel', 'renew', 'refund']);

/**
 * Steps that must be carried out still, when the store answers again: in their order, one at a time, so that it is not overrun. One that fails
 * may have been carried out all the same: only what is done once however often it is asked for is asked for again.
 */
export class Owed {
  #steps: Step[] = [];
  #isPaying = false;
  /** Steps that will never be carried out: there were too many, or the store would not have them. */
  lost = 0;

  get size(): number {
    return this.#steps.length;
  }

  add(step: Step): void {
    if (this.#steps.length >= MAX_OWED) this.lost++;
    else this.#steps.push(step);
  }

  /** @param ask rejects when the store does not answer: then the rest is owed until it does */
  async pay(ask: (step: Step) => Promise<Outcome>): Promise<void> {
    if (this.#isPaying) return;
    this.#isPaying = true;
    try {
      for (let step = this.#steps[0]; step !== undefined; step = this.#steps[0]) {
        // oxlint-disable-next-line no-await-in-loop -- one at a time
        const { status } = await ask(step);
        if (status === 'stale') this.lost++;
        this.#steps.shift();
      }
    } catch {
      const [first] = this.#steps;
      if (first === undefined || ONCE.has(first.op)) return;
      this.lost++;
      this.#steps.shift();
    } finally {
      this.#isPaying = false;
    }
  }
}

/** What takes back what a decision charged of which nobody was told in time. An attempt was made, and stays counted. */
export function takingBack(step: Step, outcome: Outcome): readonly Step[] {
  const { op, program, keys, costs, reservationId, requestId } = step;
  // Whoever gave an id asks again by it, and finds it charged.
  if (
    op !== 'decide' ||
    requestId !== undefined ||
    outcome.status !== 'ok' ||
    !outcome.allowed ||
    program.checks.length === 0
  )
    return [];
  const back = costs.map((cost, i) => (outcome.waits[i] === undefined || outcome.waits[i] === 0 ? -cost : 0));
  const amend: Step = { op: 'amend', program, keys, costs: back, chargedAtMs: outcome.nowMs };
  return reservationId === undefined ? [amend] : [{ op: 'cancel', program, keys, costs, reservationId }, amend];
}

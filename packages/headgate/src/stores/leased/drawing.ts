import { HeadgateError, type AsyncStore, type Clock, type Outcome, type Step } from '../../core/index.ts';
import { Drawn } from './drawn.ts';
import { backOf, chargeBackOf } from './back.ts';
import { costsOf, drawOf, type Asked, type Draw } from './draw.ts';
import type { Leased } from './leased.ts';
import { SHORTEST_MS } from './terms.ts';

/** What nobody waits for may take so long. An answer that comes after what was drawn is over is heard all the same: then it is given back. In ms. */
const PATIENCE_MS = 1000;

/** What asks the store beneath, draws from it, and gives back to it. */
export class Drawing {
  /** Whether the store did not answer when it was asked last. */
  isDown = false;
  readonly counts = { draws: 0, givenBack: 0, lost: 0 };
  readonly #store: AsyncStore;
  readonly #clock: Clock;
  readonly #drawn: Drawn = new Drawn();
  /** What is not answered yet. */
  readonly #underWay: Set<Promise<void>> = new Set();
  /** How often the store did not answer. */
  #failures = 0;

  constructor(store: AsyncStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Asks the store, and notes whether it answers. */
  async ask(step: Step, deadlineMs: number): Promise<Outcome> {
    try {
      const outcome = await this.#store.apply(step, deadlineMs);
      this.isDown = false;
      return outcome;
    } catch (error) {
      this.isDown = isOutage(error);
      if (this.isDown) this.#failures++;
      throw error;
    }
  }

  /** Draws ahead of need, where it is worth it; nobody waits for it. */
  renew(leased: Leased): void {
    const atMs = this.#clock.monotonicMs();
    const atWallMs = this.#clock.wallMs(atMs);
    leased.dropOver(atMs, atWallMs);
    if (!leased.wantsDraw || atMs < leased.againAtMs || this.isDown) return;
    const costs = costsOf(leased, (i) => this.#drawn.byOthers(leased, i), atMs);
    if (costs === undefined) return;
    leased.isDrawing = true;
    this.#begin(this.#draw(leased, costs, atMs, atWallMs));
  }

  async #draw(leased: Leased, costs: readonly number[], atMs: number, atWallMs: number): Promise<void> {
    const { program } = leased.terms;
    const failures = this.#failures;
    // Who draws meanwhile must know.
    this.#drawn.add(leased, costs, 1);
    try {
      const outcome = await this.ask({ op: 'decide', program, keys: leased.keys, costs }, PATIENCE_MS);
      const answeredAtMs = this.#clock.monotonicMs();
      const chargedAtWallMs = this.#store.traits.clock === 'store' ? outcome.nowMs : atWallMs;
      this.#drew(leased, costs, outcome, { atMs, atWallMs, answeredAtMs, chargedAtWallMs, failures });
    } catch {
      // It may have been charged all the same: less is let in.
      this.counts.lost += sumOf(costs);
    } finally {
      leased.isDrawing = false;
      this.#drawn.add(leased, costs, -1);
    }
  }

  #drew(leased: Leased, costs: readonly number[], outcome: Outcome, asked: Asked): void {
    const { terms, use } = leased;
    leased.hear(outcome);
    use.fade(asked.answeredAtMs, terms.lifeMs);
    leased.againAtMs = asked.answeredAtMs + SHORTEST_MS;
    if (outcome.status !== 'ok' || !outcome.allowed) return;
    this.counts.draws++;
    const draw = drawOf(terms, costs, outcome, asked, use);
    if (draw === undefined || leased.fate !== 'goes on')
      return this.#back(leased, chargeBackOf(terms, costs), outcome.nowMs, asked.failures);
    leased.againAtMs = 0;
    leased.take(draw);
    this.#drawn.add(leased, draw.drawn, 1);
  }

  /** Gives back what is left of a draw that is over. */
  readonly giveBack = (leased: Leased, draw: Draw): void => {
    const { chargedAtMs, asked } = draw;
    this.#drawn.add(leased, draw.drawn, -1);
    const storeNowMs = chargedAtMs + this.#clock.monotonicMs() - asked.answeredAtMs;
    this.#back(leased, backOf(leased.terms, draw, storeNowMs), chargedAtMs, asked.failures);
  };

  /**
   * What is asked for twice would come back twice: it is tried once. And a store that failed meanwhile may be another by now, which never heard of the
   * charge: to that nothing comes back.
   */
  #back(leased: Leased, costs: readonly number[] | undefined, chargedAtMs: number, failures: number): void {
    if (costs === undefined) return;
    const units = -sumOf(costs);
    if (leased.fate === 'lost' || failures !== this.#failures) this.counts.lost += units;
    else this.#begin(this.#amend(leased, costs, chargedAtMs, units));
  }

  async #amend(leased: Leased, costs: readonly number[], chargedAtMs: number, units: number): Promise<void> {
    const { program } = leased.terms;
    try {
      const outcome = await this.ask({ op: 'amend', program, keys: leased.keys, costs, chargedAtMs }, PATIENCE_MS);
      leased.hear(outcome);
      this.counts.givenBack += units;
    } catch {
      this.counts.lost += units;
    }
  }

  #begin(work: Promise<void>): void {
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }

  /** Once all that is under way is answered, and all that follows from it. */
  async settled(): Promise<void> {
    // oxlint-disable-next-line no-await-in-loop -- what was drawn meanwhile is given back then
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }
}

/** What is wrong with a step is no fault of the store: it has answered. */
function isOutage(error: unknown): boolean {
  return !(error instanceof HeadgateError) || error.code.startsWith('ERR_STORE');
}

function sumOf(costs: readonly number[]): number {
  return costs.reduce((sum, cost) => sum + cost, 0);
}

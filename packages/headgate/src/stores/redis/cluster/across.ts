import type { Outcome, Step } from '../../../core/index.ts';
import { combine, type Told } from './combine.ts';
import { Parts, stepOf, type Part } from './part.ts';

/** How long is tried to give back what one shard charged when another refused. In ms. */
const GIVE_BACK_MS = 2000;

/** Carries out a step of one home. */
export type Apply = (step: Step, deadlineMs: number) => Promise<Outcome>;

/**
 * Steps whose records have several homes: every shard carries out its part, all at once. If one refuses, or fails, the others give back what
 * they charged: nothing is ever let in that does not fit, and others may be refused for a moment by what is about to be given back.
 */
export class Across {
  readonly #parts: Parts = new Parts();
  readonly #apply: Apply;

  constructor(apply: Apply) {
    this.#apply = apply;
  }

  async apply(step: Step, homes: readonly string[], deadlineMs: number): Promise<Outcome> {
    const parts = this.#parts.of(step.program, homes);
    const said = await Promise.allSettled(parts.map((part) => this.#apply(stepOf(step, part), deadlineMs)));
    const told = said.flatMap((one, i): Told[] =>
      one.status === 'fulfilled' ? [{ part: parts[i]!, out: one.value }] : [],
    );
    const fault = said.find((one) => one.status === 'rejected');
    if (step.op !== 'decide') return fault === undefined ? combine(step, told) : throwing(fault.reason);
    if (fault !== undefined) {
      // Nobody waits for what is given back for nothing.
      void this.#giveBack(step, told);
      return throwing(fault.reason);
    }
    const out = combine(step, told);
    if (out.allowed) return out;
    return combine(step, await this.#giveBack(step, told));
  }

  /** What was let in is given back; its figures are those of afterwards. */
  #giveBack(step: Step, told: readonly Told[]): Promise<Told[]> {
    return Promise.all(told.map((one) => (one.out.allowed ? this.#undo(step, one) : Promise.resolve(one))));
  }

  async #undo(step: Step, { part, out }: Told): Promise<Told> {
    const own = stepOf(step, part);
    try {
      for (const back of undoing(own, part, out)) {
        // oxlint-disable-next-line no-await-in-loop -- two at most, on the same records
        const after = await this.#apply(back, GIVE_BACK_MS);
        for (const [i, figure] of after.figures.entries()) out.figures[i] = figure;
      }
    } catch {
      // What could not be given back is not let in to anybody: less than there is, never more.
    }
    return { part, out };
  }
}

function throwing(fault: unknown): never {
  throw fault;
}

/** What gives a part's charge back: what is reserved by its id, the rest by its request id, or by when it was charged. */
function undoing(step: Step, { program }: Part, out: Outcome): Step[] {
  if (out.replayed) return [];
  const { keys, costs, requestId, reservationId } = step;
  const steps: Step[] = [];
  const holds = program.checks.some(({ holdMs }) => holdMs > 0);
  if (holds && reservationId !== undefined)
    steps.push({ op: 'cancel', program, keys, costs: costs.map(() => 0), reservationId });
  if (requestId !== undefined) return [...steps, { op: 'refund', program, keys, costs: costs.map(() => 0), requestId }];
  // An attempt was made, whoever refused it; what a shadow would have refused was not charged.
  const charged = program.checks.map(({ count, holdMs }, i) =>
    count === 'attempts' || holdMs > 0 || (out.waits[i] ?? 0) !== 0 ? 0 : -costs[i]!,
  );
  if (charged.some((units) => units !== 0))
    steps.push({ op: 'amend', program, keys, costs: charged, chargedAtMs: out.nowMs });
  return steps;
}

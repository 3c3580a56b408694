import type { Outcome, Status } from '../core/index.ts';
import { viewsOf, type LimitView, type Told } from '../gate/index.ts';

/** What became of a reservation. To come late, or twice, is no error: it changes nothing, and is told. */
export class Resolution {
  /** `unknown`: nothing is held under this id: never, not any more, or its lifetime is over. Nothing has changed then. */
  readonly status: Status;
  readonly #outcome: Outcome;
  readonly #told: Told;

  constructor(outcome: Outcome, told: Told, status: Status = outcome.status) {
    this.status = status;
    this.#outcome = outcome;
    this.#told = told;
  }

  /**
   * By limit, units that count no longer because of it: more than 0 where less was used than reserved, below 0 where more was.
   * Nothing of a window or period that is over.
   */
  get returned(): Readonly<Record<string, number>> {
    const { returns } = this.#outcome;
    return Object.fromEntries(this.#told.limits.flatMap(({ name }, i) => (returns[i] ? [[name, returns[i]]] : [])));
  }

  /** How each limit stands after it. */
  get limits(): readonly LimitView[] {
    return viewsOf(this.#outcome, this.#told);
  }

  toJSON(): Record<string, unknown> {
    const { status, returned } = this;
    return { status, returned };
  }
}

import type { Program } from '../../core/index.ts';
import type { Decided } from '../decide.ts';
import type { PlannedLimit } from '../../profile/index.ts';
import { resolvingOf } from './resolving.ts';

/** Of a check that holds nothing, or nothing any more. */
const OVER = 0;

/** Who holds it, as reports tell. */
export interface Holder {
  readonly operation: string;
  readonly subject: string;
}

/** What one admitted request holds, check by check, until each of them is known to be over. */
export class Reservation {
  readonly id: string;
  readonly program: Program;
  readonly keys: readonly string[];
  readonly limits: readonly PlannedLimit[];
  readonly costs: readonly number[];
  readonly holder: Holder;
  /** When it began, as {@link Names.now} says. */
  readonly began: number;
  /** Whether its exchange is not over: then its leases are renewed. */
  inFlight = true;
  /** The name under which each check is held beyond the exchange. */
  readonly names: (string | undefined)[] = [];
  /** When each check's lease ends, in monotonic ms; 0: it holds nothing. */
  readonly #untilAtMs: number[];

  constructor({ plan, outcome, reservationId }: Decided, holder: Holder, began: number) {
    const nowMs = outcome?.nowMs ?? 0;
    this.id = reservationId ?? '';
    this.program = resolvingOf(plan.program);
    this.keys = plan.keys;
    this.limits = plan.limits;
    this.costs = plan.costs;
    this.holder = holder;
    this.began = began;
    // What costs nothing holds nothing, unless it is not known yet what it costs.
    this.#untilAtMs = plan.program.checks.map(({ holdMs, atLeast }, i) =>
      holdMs > 0 && (plan.costs[i] !== 0 || atLeast > 0) ? nowMs + holdMs : OVER,
    );
  }

  /** Whether check `i` holds something. */
  isOpen(i: number): boolean {
    return (this.#untilAtMs[i] ?? OVER) !== OVER;
  }

  get isOver(): boolean {
    return this.#untilAtMs.every((at) => at === OVER);
  }

  close(i: number): void {
    this.#untilAtMs[i] = OVER;
  }

  /** Indexes of the checks whose lease has ended. */
  lapsedBy(nowMs: number): readonly number[] {
    return [...this.#untilAtMs.keys()].filter((i) => this.isOpen(i) && (this.#untilAtMs[i] ?? OVER) <= nowMs);
  }

  /** Begins the leases again. */
  renew(nowMs: number): void {
    for (const [i, { holdMs }] of this.program.checks.entries())
      if (this.isOpen(i)) this.#untilAtMs[i] = nowMs + holdMs;
  }

  /** When it must be looked at next: half-way through the shortest lease while its exchange lasts, else when one ends. */
  dueAtMs(): number {
    let dueAtMs = Infinity;
    for (const [i, { holdMs }] of this.program.checks.entries()) {
      const untilAtMs = this.#untilAtMs[i] ?? OVER;
      if (untilAtMs !== OVER) dueAtMs = Math.min(dueAtMs, this.inFlight ? untilAtMs - holdMs / 2 : untilAtMs);
    }
    return dueAtMs;
  }

  /** What tells the counter of check `i` from every other. */
  counterOf(i: number): string {
    const check = this.program.checks[i];
    return `${check?.limitId} ${check?.slot} ${this.keys[check?.record ?? -1] ?? ''}`;
  }
}

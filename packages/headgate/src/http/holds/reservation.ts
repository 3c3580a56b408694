import type { Outcome, Program } from '../../core/index.ts';
import type { Decided } from '../decide.ts';
import type { Port } from '../soon.ts';
import type { Plan, PlannedLimit, Subject } from '../../profile/index.ts';
import { resolvingOf } from './resolving.ts';

/** Of a check that holds nothing, or nothing any more. */
const OVER = 0;
const NONE: readonly number[] = [];

/** What a decision comes to, as far as it is held. */
interface Made extends Pick<Decided, 'reservationId' | 'by'> {
  readonly outcome?: Pick<Outcome, 'nowMs'> | undefined;
  readonly plan: Pick<Plan, 'program' | 'keys' | 'limits' | 'costs' | 'awaited'>;
}

/** What one admitted request holds, check by check, until each of them is known to be over. */
export class Reservation {
  readonly id: string;
  readonly program: Program;
  readonly keys: readonly string[];
  readonly limits: readonly PlannedLimit[];
  readonly costs: readonly number[];
  readonly operation: string;
  readonly subject: Subject;
  /** Who holds it: the store, or who stood in for it. */
  readonly by: Port;
  /** When it began: as the names' own moments tell, and in monotonic ms. */
  readonly began: number;
  readonly beganAtMs: number;
  /** When it was decided, by the store's clock; Infinity: nobody knows any more. */
  readonly decidedAtMs: number;
  /** Whether its exchange is not over: then its leases are renewed. */
  inFlight = true;
  /** The names under which each check is held beyond the exchange. */
  names: (string[] | undefined)[] | undefined;
  /** Units that each check still holds, where that is not what it cost. */
  #left: (number | undefined)[] | undefined;
  /** Whether it is kept track of. */
  isKept = false;
  /** Whether the store has a note of it; `part`: that note is of more than what this one knows of. */
  noted: 'whole' | 'part' | undefined;
  /** Whether it was read from a note: its id may hold more than what that tells. */
  isRead = false;
  /** Where in the agenda it stands: in a span of it, or in line between these. */
  span: number | undefined;
  before: Reservation | undefined;
  after: Reservation | undefined;
  /** When each check's lease ends, in monotonic ms; 0: it holds nothing. */
  readonly #untilAtMs: number[] = [];
  /** When each check begins to count, in monotonic ms; undefined where all count from the beginning. */
  #countsAtMs: (number | undefined)[] | undefined;
  /** Checks that hold something, and those that did at first. */
  #open = 0;
  readonly held: number;

  constructor(
    { plan, reservationId, by, outcome }: Made,
    operation: string,
    subject: Subject,
    began: number,
    nowMs: number,
  ) {
    this.by = by;
    this.id = reservationId ?? '';
    this.program = resolvingOf(plan.program);
    this.keys = plan.keys;
    this.limits = plan.limits;
    this.costs = plan.costs;
    this.operation = operation;
    this.subject = subject;
    this.began = began;
    this.beganAtMs = nowMs;
    this.decidedAtMs = outcome?.nowMs ?? Infinity;
    const { checks } = plan.program;
    for (let i = 0; i < checks.length; i++) {
      const { holdMs = 0, atLeast = 0 } = checks[i] ?? {};
      // What costs nothing holds nothing, unless it is not known yet what it costs.
      const holds = holdMs > 0 && (plan.costs[i] !== 0 || atLeast > 0);
      this.#untilAtMs.push(holds ? nowMs + holdMs : OVER);
      if (holds) this.#open++;
    }
    if (plan.awaited !== undefined) this.#await(plan.awaited, nowMs);
    this.held = this.#open;
  }

  #await(awaited: readonly number[], nowMs: number): void {
    for (const [i, { hold }] of this.limits.entries()) {
      if (hold?.after === undefined || !this.isOpen(i)) continue;
      const units = awaited[i] ?? 0;
      if (units === 0) this.close(i);
      (this.#countsAtMs ??= [])[i] = nowMs + hold.after.ms;
      this.leave(i, units);
    }
  }

  /** Whether what check `i` holds is charged: nothing is that has not lasted yet. */
  isCharged(i: number): boolean {
    return this.#countsAtMs?.[i] === undefined;
  }

  /** Takes out the checks that begin to count by then. */
  takeLasting(nowMs: number): readonly number[] {
    const all = this.#countsAtMs;
    if (all === undefined) return NONE;
    const found = [...all.keys()].filter((i) => this.isOpen(i) && (all[i] ?? Infinity) <= nowMs);
    for (const i of found) all[i] = undefined;
    return found;
  }

  /** Whether check `i` holds something. */
  isOpen(i: number): boolean {
    return (this.#untilAtMs[i] ?? OVER) !== OVER;
  }

  /** The names of one check, to be added to. */
  namesOf(i: number): string[] {
    return ((this.names ??= [])[i] ??= []);
  }

  /** Units that check `i` holds. */
  leftOf(i: number): number {
    return this.#left?.[i] ?? this.costs[i] ?? 0;
  }

  leave(i: number, units: number): void {
    (this.#left ??= [])[i] = units;
  }

  /** Checks that hold something beyond the exchange, or may be settled by others than it. */
  lasting(): readonly number[] {
    return [...this.limits.keys()].filter(
      (i) => this.isOpen(i) && this.isCharged(i) && !endsWithExchange(this.limits[i]),
    );
  }

  /** Whether anything of it will be held when its exchange is over, as far as is known at its beginning: a job, or a cost that no answer tells. */
  get outlives(): boolean {
    return this.lasting().some((i) => {
      const { id, actual, counts } = this.limits[i]?.hold ?? {};
      return id !== undefined || (actual === undefined && counts === undefined);
    });
  }

  /** How many checks hold something. */
  get open(): number {
    return this.#open;
  }

  close(i: number): void {
    if (!this.isOpen(i)) return;
    this.#untilAtMs[i] = OVER;
    this.#open--;
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
    for (let i = 0; i < this.#untilAtMs.length; i++) {
      const untilAtMs = this.#untilAtMs[i] ?? OVER;
      if (untilAtMs === OVER) continue;
      const at = this.inFlight ? untilAtMs - (this.program.checks[i]?.holdMs ?? 0) / 2 : untilAtMs;
      dueAtMs = Math.min(dueAtMs, at, this.#countsAtMs?.[i] ?? Infinity);
    }
    return dueAtMs;
  }

  /** What tells the counter of check `i` from every other. */
  counterOf(i: number): string {
    const check = this.program.checks[i];
    return `${check?.limitId} ${check?.slot} ${this.keys[check?.record ?? -1] ?? ''}`;
  }
}

/** Nobody but the server knows when an exchange is over. */
export function endsWithExchange(limit: PlannedLimit | undefined): boolean {
  return limit?.kind === 'concurrency' && limit.hold?.id === undefined;
}

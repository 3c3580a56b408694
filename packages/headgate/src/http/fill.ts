import { FIGURES, WAIT, type Outcome } from '../core/index.ts';
import type { Plan, PlannedLadder, PlannedLimit } from '../profile/index.ts';
import type { Standing } from './decide.ts';

/** How far a counter is used, this request among it. In units. */
export interface Fill {
  /** 100 %. */
  readonly whole: number;
  /** What counts now. */
  readonly used: number;
  /** What would count with this request, also where this limit refused it for now. */
  readonly wouldBe: number;
}

interface Filled {
  readonly plan: Pick<Plan, 'program' | 'costs'>;
  readonly outcome: Outcome | undefined;
}

export function fillOf({ plan, outcome }: Filled, i: number, limit: PlannedLimit): Fill {
  const used = usedUnits(limit, outcome, i);
  return { whole: wholeUnits(limit, outcome, i), used, wouldBe: used + uncharged({ plan, outcome }, i) };
}

type Figure = Pick<PlannedLimit, 'shown' | 'precision'>;

/** What is 100 %, with what grants give on top. */
function wholeUnits({ shown, precision }: Figure, outcome: Outcome | undefined, i: number): number {
  return Math.round(shown * 10 ** precision) + (outcome?.extras[i] ?? 0);
}

/** What counts now. Where that may be more than the whole it is told; else it is what is not left. */
export function usedUnits(limit: Figure, outcome: Outcome | undefined, i: number): number {
  const told = outcome?.used[i] ?? -1;
  return told >= 0 ? told : wholeUnits(limit, outcome, i) - (outcome?.figures[i * FIGURES] ?? 0);
}

/** What the request costs where it was not charged, and would pass what this limit holds: not where another one refused it, or it never can be. */
function uncharged({ plan, outcome }: Filled, i: number): number {
  const count = plan.program.checks[i]?.count;
  if (outcome === undefined || count === 'denials') return 0;
  const wait = outcome.waits[i] ?? WAIT.admits;
  const isCharged = count === 'attempts' || (outcome.allowed && wait !== WAIT.shadow);
  const isNone = isCharged || (!outcome.allowed && wait === WAIT.admits) || wait === WAIT.never;
  return isNone ? 0 : (plan.costs[i] ?? 0);
}

/** As parts of a thousand, rounded down. */
export function permilleOf({ whole, wouldBe }: Fill): number {
  return Math.floor((1000 * wouldBe) / Math.max(1, whole));
}

/** What the ladders of a decision's limits mark it as: every fill that is reached. */
export function marksOf(standing: Standing): readonly string[] {
  const { limits } = standing.plan;
  let marks = NO_MARKS;
  // Every request comes past here, and most policies mark none.
  for (let i = 0; i < limits.length; i++) {
    const limit = limits[i];
    if (limit?.ladder !== undefined)
      marks = withMarks(marks, limit.ladder, () => permilleOf(fillOf(standing, i, limit)));
  }
  return marks;
}

function withMarks(marks: readonly string[], { tells }: PlannedLadder, fill: () => number): readonly string[] {
  const marking = tells.filter(({ action }) => action.is === 'mark');
  if (marking.length === 0) return marks;
  const reached = fill();
  const more = marking.flatMap(({ permille, action }) =>
    action.is === 'mark' && permille <= reached ? action.name : [],
  );
  return [...new Set([...marks, ...more])];
}

const NO_MARKS: readonly string[] = [];

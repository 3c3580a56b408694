import { partOf, WAIT, type Outcome } from '../../core/index.ts';
import type { Action, Plan, PlannedLimit, Subject } from '../../profile/index.ts';
import type { Standing } from '../decide.ts';
import { fillOf, type Fill } from '../fill.ts';

type Bill = Extract<Action, { is: 'bill' }>;

/** Units above a fill that are billed, as they come: all that are told of one counter and period add up to what is above it. */
export interface Overage {
  readonly limit: string;
  /** What the policy calls it. */
  readonly name: string;
  /** Whole units, of which `10 ** precision` are one that people read. Below 0 where what was billed was given back. */
  readonly units: number;
  readonly precision: number;
  readonly unit: string;
  readonly operation: string;
  readonly subject: Subject;
  /** Of the decision or of what ended it, in ms since the epoch. */
  readonly atMs: number;
}

export type OnOverage = (overage: Overage, bill: Bill) => void;

/** What was asked, as far as a bill names it. */
export interface Billed {
  readonly subject: Subject;
  readonly operation: string;
}

/** Tells of units above the fills that bill: with a decision, and where its charge changes afterwards. */
export interface Overages {
  decided(of: Billed, decided: Standing): void;
  /** Of what was given back, or charged in addition: the outcome tells how much, and how the limits stand since. */
  changed(of: Billed, plan: Pick<Plan, 'program' | 'limits'>, outcome: Outcome): void;
  /** The same, where how the limits stand was looked at after what was settled. */
  settled(of: Billed, limits: readonly PlannedLimit[], settled: Outcome, standing: Standing): void;
}

export function createOverages(onOverage: OnOverage): Overages {
  function tell(of: Billed, limit: PlannedLimit, units: number, bill: Bill, atMs: number): void {
    if (units === 0) return;
    const { name, unit, precision } = limit;
    onOverage({ limit: name, name: bill.name, units, precision, unit, ...of, atMs }, bill);
  }

  return {
    decided(of, { plan, outcome }) {
      if (outcome === undefined || !outcome.allowed || outcome.replayed) return;
      for (const [i, limit] of plan.limits.entries()) {
        const rung = limit.ladder?.rungs[outcome.rungs[i] ?? -1];
        const bill = billIn(rung);
        if (rung === undefined || bill === undefined || (outcome.waits[i] ?? WAIT.admits) !== WAIT.admits) continue;
        const { whole, used } = fillOf({ plan, outcome }, i, limit);
        const from = partOf(whole, rung.permille);
        tell(of, limit, above(used, from) - above(used - (plan.costs[i] ?? 0), from), bill, outcome.nowMs);
      }
    },
    changed(of, plan, outcome) {
      for (const [i, limit] of plan.limits.entries())
        change(
          of,
          limit,
          outcome,
          outcome.returns[i] ?? 0,
          fillOf({ plan: { ...plan, costs: [] }, outcome }, i, limit),
        );
    },
    settled(of, limits, settled, { plan, outcome }) {
      for (const [i, limit] of limits.entries()) {
        const at = plan.limits.findIndex(({ name }) => name === limit.name);
        const found = plan.limits[at];
        if (found === undefined || outcome === undefined) continue;
        change(of, limit, settled, settled.returns[i] ?? 0, fillOf({ plan, outcome }, at, found));
      }
    },
  };

  function change(of: Billed, limit: PlannedLimit, { nowMs }: Outcome, returned: number, { whole, used }: Fill): void {
    const rung = limit.ladder?.rungs.find((one) => billIn(one) !== undefined);
    const bill = billIn(rung);
    if (rung === undefined || bill === undefined || returned === 0) return;
    const from = partOf(whole, rung.permille);
    tell(of, limit, above(used, from) - above(used + returned, from), bill, nowMs);
  }
}

function above(used: number, from: number): number {
  return Math.max(0, used - from);
}

function billIn(rung: NonNullable<PlannedLimit['ladder']>['rungs'][number] | undefined): Bill | undefined {
  const action = rung?.choices.find(({ when }) => when === undefined)?.action;
  return action?.is === 'bill' ? action : undefined;
}

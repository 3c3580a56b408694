import type { Override } from '../compiled.ts';
import { readsOf, type Expr } from '../expression/index.ts';
import { PlanFault } from '../faults.ts';
import type { Asking } from './asking.ts';
import { exprsOf } from './figures.ts';
import type { Layout, LimitLayout } from './layout.ts';
import { planOf } from './overrides.ts';
import type { KeyPart } from './partition.ts';
import { applies, rowOf, withoutReplaced, type Row, type Situation } from './situation.ts';

/** Every limit that bears on an ask, whatever would refuse it; those that cannot be told are left out. */
export function surveyOf(layout: Layout, asking: Asking, active: readonly Override[]): Situation {
  asking.plan = planOf(active);
  const applying = withoutReplaced(layout.limits.filter((limit) => applies(limit, asking, active)));
  const rows = applying.flatMap((limit) => toldOf(limit, asking, active) ?? []);
  const isOpen = asking.ask.request === undefined;
  return {
    refused: undefined,
    blocks: [],
    rows: isOpen ? rows.filter((row) => isSubjects(row, layout, asking)) : rows,
  };
}

function toldOf(limit: LimitLayout, asking: Asking, active: readonly Override[]): Row | undefined {
  try {
    const row = rowOf(limit, asking, active);
    return row === 'none' ? undefined : row;
  } catch (error) {
    if (error instanceof PlanFault) return undefined;
    throw error;
  }
}

/** Whether a limit's figure and counter are the subject's, whatever it asks. */
function isSubjects({ layout: { limit, kind }, partition, overridden }: Row, layout: Layout, asking: Asking): boolean {
  const figures = overridden ? [] : [limit.amount, ...(limit.burst === undefined ? [] : [limit.burst])];
  if (limit.rollover !== undefined) figures.push(limit.rollover.upTo);
  if (figures.flatMap(exprsOf).some(readsRequest)) return false;
  if (kind === 'size') return true;
  const { record } = layout.placeOf(partition, asking.ask.operation.index);
  return (layout.records[record]?.parts ?? []).every(isOfSubject);
}

function isOfSubject(part: KeyPart): boolean {
  return part.is === 'expr' ? part.each !== true && !readsRequest(part.expr) : part.is !== 'operation';
}

function readsRequest(expr: Expr): boolean {
  return readsOf(expr).some((read) => /^(?:request|path|facts|item)(?:\.|$)/.test(read));
}

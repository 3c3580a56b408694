import { WAIT, type Outcome } from '../../core/index.ts';
import type { Plan, PlannedLimit } from '../../profile/index.ts';
import type { Decided } from '../decide.ts';
import { upon, type Port, type Soon } from '../soon.ts';

/** The wait to tell where none can be worked out. */
const HINT_MS = 1000;

/**
 * A denial of a request that would have to stand behind others, who ask for so many units, in their order. It tells when there is
 * room for all of them and for it: nobody else coming, it is let in then. Nothing is charged.
 */
export function denialBehind(port: Port, plan: Plan, check: number, before: readonly number[]): Soon<Decided> {
  const { program, keys } = plan;
  const { windows, units } = packed([...before, plan.costs[check] ?? 0], plan.limits[check]);
  const costs = plan.costs.map((cost, i) => (i === check ? units : cost));
  return upon(port.apply({ op: 'peek', program, keys, costs }), (outcome) => {
    deny(outcome, check, windows * (plan.limits[check]?.windowMs ?? 0));
    return { plan, outcome, allowed: false, reservationId: undefined, by: port };
  });
}

/** What does not fit into one window takes several: all of the first, and no request in two of them. */
function packed(
  costs: readonly number[],
  limit: PlannedLimit | undefined,
): { readonly windows: number; readonly units: number } {
  const whole = Math.round((limit?.shown ?? 0) * 10 ** (limit?.precision ?? 0));
  let [windows, units] = [0, 0];
  for (const cost of costs) {
    if (units + cost > whole) windows++;
    units = units + cost > whole ? cost : units + cost;
  }
  return { windows, units: windows === 0 ? units : whole };
}

/** Makes a refusal of what was looked at: one that was to be let in, now or later, is told of its wait. */
function deny(outcome: Outcome, check: number, laterMs: number): void {
  const waitMs = (outcome.allowed ? outcome.delayMs || (laterMs > 0 ? 0 : HINT_MS) : outcome.retryAfterMs) + laterMs;
  if (outcome.no === 'never') return;
  const waits = outcome.figures.slice(0, outcome.figures.length / 2).map((_, i) => outcome.waits[i] ?? WAIT.admits);
  waits[check] = Math.max(waits[check] ?? 0, waitMs);
  const no = outcome.no === 'freed' ? outcome.no : 'until';
  Object.assign(outcome, { allowed: false, binding: check, no, retryAfterMs: waitMs, waits });
}

import { blockedFor, charge, resetIn, roomOf, type Instant } from '../counters/index.ts';
import { HeadgateError } from '../errors.ts';
import { FIGURES, type Outcome } from '../outcome.ts';
import type { Check } from '../program.ts';
import type { Step } from '../store.ts';
import { segmentAt, type Bank } from './bank.ts';
import { deny } from './deny.ts';
import { remember, replay, requireReservable, reserve } from './reserve.ts';

/**
 * Judges every check, then charges all of them or none. With `charging` off it is a peek: the same
 * figures, no charge.
 */
export function decide(step: Step, bank: Bank, instant: Instant, out: Outcome, charging: boolean): void {
  const { checks } = step.program;
  if (step.requestId !== undefined && replay(step, bank, instant, out)) return tell(step, bank, instant, out, false);
  if (!judge(checks, step, bank, instant, out)) return deny(step, bank, instant, out, charging);
  if (charging && step.reservationId !== undefined) reserve(step, bank, instant);
  tell(step, bank, instant, out, charging);
  if (charging && step.requestId !== undefined) remember(step, bank, instant, out);
}

/** Leaves each check's room in `figures`, and marks those that refuse. True when none that is enforced does. */
function judge(checks: readonly Check[], step: Step, bank: Bank, instant: Instant, out: Outcome): boolean {
  const { figures } = out;
  let allowed = true;
  for (let i = 0; i < checks.length; i++) {
    const check = checks[i]!;
    const cost = step.costs[i]!;
    if (!(Number.isSafeInteger(cost) && cost >= 0)) throw badCost(i, cost);
    if (check.holdMs !== 0 && cost !== 0) requireReservable(step, bank, check, i);
    const segment = check.segments.length === 1 ? check.segments[0]! : segmentAt(check, instant.wall);
    const blocked = check.kind === 'block' && blockedFor(check, bank.cells[i]!, bank.at[i]!, instant.now) > 0;
    const room = blocked ? -1 : roomOf(check, segment, bank.cells[i]!, bank.at[i]!, instant);
    const need = cost > check.atLeast ? cost : check.atLeast;
    const refuses = need > room && (need !== 0 || blocked);
    figures[i * FIGURES] = room;
    figures[i * FIGURES + 1] = -1;
    figures[i * FIGURES + 2] = refuses ? 1 : 0;
    if (refuses && !check.shadow) allowed = false;
  }
  return allowed;
}

/** Charges what is owed, and turns each room into what remains after the decision. */
function tell(step: Step, bank: Bank, instant: Instant, out: Outcome, charging: boolean): void {
  const { checks } = step.program;
  const { figures } = out;
  for (let i = 0; i < checks.length; i++) {
    const check = checks[i]!;
    const cells = bank.cells[i]!;
    const at = bank.at[i]!;
    const segment = check.segments.length === 1 ? check.segments[0]! : segmentAt(check, instant.wall);
    const key = check.record < 0 ? '' : step.keys[check.record]!;
    let room = out.replayed ? roomOf(check, segment, cells, at, instant) : figures[i * FIGURES]!;
    if (charging && step.costs[i]! > 0 && figures[i * FIGURES + 2] === 0) {
      charge(check, segment, cells, at, instant, step.costs[i]!, key);
      if (check.kind !== 'size') room -= step.costs[i]!;
    }
    figures[i * FIGURES] = room < 0 ? 0 : room;
    figures[i * FIGURES + 1] = resetIn(check, segment, cells, at, instant, key);
    if (out.replayed || figures[i * FIGURES + 2] !== 0) figures[i * FIGURES + 2] = out.replayed ? 0 : SHADOW_DENIAL;
  }
}

/** A shadow limit that would have refused tells no wait: the request is not waiting. */
const SHADOW_DENIAL = -1;

function badCost(index: number, cost: number | undefined): HeadgateError {
  return new HeadgateError('ERR_COST', `costs[${index}]: expected a whole number from 0 to 2^53 - 1, got ${String(cost)}`);
}

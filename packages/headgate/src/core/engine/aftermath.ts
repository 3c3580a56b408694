import type { Block } from '../counters/block.ts';
import type { Counter, Instant } from '../counters/index.ts';
import { FIGURES, WAIT, type Outcome } from '../outcome.ts';
import type { Check } from '../program.ts';
import type { Step } from '../store.ts';
import type { Bank } from './bank.ts';
import { rungOf, tellRung } from './ladder.ts';
import { tally } from './reservations.ts';
import { hintOf, waitFor } from './special.ts';

/*
 * What a denial sets off, beside attempts: limits that count the denials of others, and blocks. A refusal by a block is neither: it is
 * asked before all limits, and trying must set off nothing.
 */

/** Expects all waits; a check that is set off is told as it is then. */
export function aftermath(step: Step, bank: Bank, t: Instant, out: Outcome): void {
  const { counters } = bank;
  if (counters.some(({ check }, i) => check.kind === 'block' && refused(out, i))) return prolong(bank, t, out);
  for (let i = 0; i < counters.length; i++)
    if (counters[i]!.check.count === 'denials') countDenial(counters[i]!, step, bank, t, out, i);
  // Each by what the limits said: a block that begins is no reason for another.
  const begun = counters.map(
    ({ check }, i) => check.kind === 'block' && out.waits[i] === WAIT.admits && isTriggered(check, bank, out),
  );
  for (let i = 0; i < counters.length; i++) if (begun[i] === true) begin(counters[i] as Block, step, bank, t, out, i); // By its kind.
}

function refused({ waits }: Outcome, i: number): boolean {
  const wait = waits[i] ?? WAIT.admits;
  return wait !== WAIT.admits && wait !== WAIT.shadow;
}

function countDenial(counter: Counter, step: Step, bank: Bank, t: Instant, out: Outcome, i: number): void {
  const { check } = counter;
  const cost = step.costs[i]!;
  if (cost === 0 || !check.denials.some((source) => refused(out, source))) return;
  counter.room(t);
  if (check.rungs.length > 0) tellRung(out, i, rungOf(counter, cost, t));
  counter.charge(t, cost, step.keys);
  tally(check, bank.ledgers[check.record], cost);
  out.figures[i * FIGURES] = Math.max(0, counter.room(t));
}

function isTriggered({ trigger, triggerRung }: Check, bank: Bank, out: Outcome): boolean {
  const by = bank.counters[trigger]?.check;
  if (by === undefined || by.shadow) return false;
  return triggerRung < 0 ? refused(out, trigger) : out.rungs[trigger] === triggerRung;
}

function begin(block: Block, step: Step, bank: Bank, t: Instant, out: Outcome, i: number): void {
  const isStated = block.check.blockMs.length > 0;
  const waitMs = isStated ? 0 : ownWait(block.check, step, bank, t, out);
  // What never fits is no reason to keep out what does, and what would be let in again is none to keep out anything.
  if (!isStated && waitMs <= 0) return;
  block.begin(t, waitMs);
  tell(block, t, out, i);
}

/** As long as the limit that sets it refuses by itself. */
function ownWait({ trigger }: Check, step: Step, bank: Bank, t: Instant, out: Outcome): number {
  const by = bank.counters[trigger]!;
  if (by.check.count === 'denials') return waitFor(by, step.costs[trigger]!, t);
  const wait = out.waits[trigger]!;
  return wait === WAIT.freed ? hintOf(by.check, bank, t) : wait;
}

/** Those that run begin their length anew, where trying is to do that. */
function prolong({ counters }: Bank, t: Instant, out: Outcome): void {
  for (let i = 0; i < counters.length; i++) {
    const { check } = counters[i]!;
    if (check.kind !== 'block' || !check.extend || !refused(out, i)) continue;
    (counters[i] as Block).extend(t.now); // By its kind.
    tell(counters[i]!, t, out, i);
  }
}

function tell(block: Counter, t: Instant, out: Outcome, i: number): void {
  const waitMs = block.opensAt(t, t.now, 0, block.segment) - t.now;
  (out.waits as number[])[i] = block.check.shadow ? WAIT.shadow : waitMs; // Made for this step.
  out.figures[i * FIGURES] = 0;
}

import type { Program } from '../../../src/core/index.ts';
import { PERMITS } from '../accounts/programs.ts';
import { outcomeOf, type Entry } from '../entry.ts';
import type { Auditor } from './auditor.ts';

/** Never more permits live than there are, of any caller, whoever shares a record with it. What may have been ended, heard or not, counts as ended. */
export class Live implements Auditor {
  readonly #permits: Program;
  /** By caller, and then by reservation id: until when a permit lives. */
  #live: Map<string, Map<string, number>> = new Map();

  constructor(permits: Program) {
    this.#permits = permits;
  }

  done(entry: Entry): void {
    const { step, nowMs } = entry;
    if (step.program !== this.#permits) return;
    const [caller = ''] = step.keys;
    const live = this.#live.get(caller) ?? new Map<string, number>();
    this.#live.set(caller, live);
    const { op, reservationId = '' } = step;
    const out = outcomeOf(entry);
    if (op === 'settle' || op === 'cancel') live.delete(reservationId);
    if (op === 'renew' && out?.status === 'ok') live.set(reservationId, nowMs + PERMITS.holdMs);
    if (op !== 'decide' || out?.allowed !== true) return;
    live.set(reservationId, nowMs + PERMITS.holdMs);
    for (const [id, untilMs] of live) if (untilMs <= nowMs) live.delete(id);
    if (live.size > PERMITS.amount) throw new Error(`${caller}: ${live.size} permits live of ${PERMITS.amount}`);
  }

  reset(): void {
    this.#live = new Map();
  }
}

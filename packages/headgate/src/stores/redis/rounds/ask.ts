import type { Outcome, Step } from '../../../core/index.ts';
import type { Place } from '../records/key.ts';
import { Awaited, type Keeper, type Waiter } from './awaited.ts';

/** A step that is under way. */
export class Ask extends Awaited<Outcome> {
  readonly step: Step;
  readonly places: readonly Place[];
  /** A script has left it to the engine. */
  needsEngine = false;

  constructor(
    step: Step,
    places: readonly Place[],
    deadlineMs: number,
    nowMs: number,
    waiter: Waiter<Outcome>,
    keeper: Keeper,
  ) {
    super(deadlineMs, nowMs, waiter, keeper);
    this.step = step;
    this.places = places;
  }
}

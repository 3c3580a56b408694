import { Block } from './counters/block.ts';
import { Decay } from './counters/decay.ts';
import { Gap } from './counters/fixed.ts';
import { Held, Size } from './counters/held.ts';
import { COUNTERS } from './counters/index.ts';
import { Quota } from './counters/quota.ts';
import { Stepped } from './counters/stepped.ts';
import { EXTRAS } from './engine/extras.ts';
import { runDecide, runVerb } from './engine/run.ts';
import { Outcome } from './outcome.ts';

const NONE: readonly number[] = [];

/** What an outcome says of what plain rates do not know, where there is nothing to say. */
const NOTHING_MORE: Pick<Outcome, 'delayMs' | 'delays' | 'rungs' | 'used'> = {
  delayMs: 0,
  delays: NONE,
  rungs: NONE,
  used: NONE,
};

/** Gives this process every kind of limit and every verb. Call it as often as you like. */
export function plugAll(): void {
  Object.assign(COUNTERS, {
    bucket: Stepped,
    gap: Gap,
    decay: Decay,
    quota: Quota,
    concurrency: Held,
    level: Held,
    size: Size,
    block: Block,
  });
  Object.assign(Outcome.prototype, NOTHING_MORE);
  Object.assign(EXTRAS, { decide: runDecide, run: runVerb });
}
